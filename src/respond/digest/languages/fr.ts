import type { DigestWords } from '../words.ts';

export const fr: DigestWords = {
  locale: 'fr-FR',
  sender: 'Passerelle de messagerie',
  subject: { one: '{count} message qui vous est adressé est retenu', other: '{count} messages qui vous sont adressés sont retenus' },
  opening:
    'La passerelle de messagerie de {domain} a retenu du courrier adressé à {recipient}, car il est peut-être indésirable ou dangereux. Il ne vous a pas été remis.',
  nothingToDo: 'Si vous n’en voulez pas, vous n’avez rien à faire : chaque message sera supprimé à la date indiquée.',
  labels: { from: 'De', subject: 'Objet', arrived: 'Reçu', reason: 'Motif', until: 'Conservé jusqu’au' },
  noSubject: '(sans objet)',
  noSender: '(notification automatique sans expéditeur)',
  releaseByLink: 'Libérer ce message :',
  releaseByMail: 'Le libérer par courriel, en envoyant n’importe quel message à cette adresse :',
  notOffered: 'Ce message contient un virus et ne peut pas être libéré. Pour toute question, écrivez à {postmaster}.',
  more: {
    one: 'Un autre message est retenu. Il figurera dans le prochain courrier.',
    other: '{count} autres messages sont retenus. Ils figureront dans les prochains courriers.',
  },
  answerOne: 'Vous pouvez aussi simplement répondre à ce courriel : le message sera libéré.',
  answerMany:
    'Vous pouvez aussi répondre à ce courriel. Écrivez les numéros des messages souhaités sur la première ligne de votre réponse, par exemple : {example}',
  validUntil: 'Les liens et adresses de ce courriel sont valables jusqu’au {date}, une seule fois chacun. Ne transférez pas ce courriel.',
  caution: 'Ne libérez que les messages que vous attendez. Nous ne vous demanderons jamais votre mot de passe par courriel.',
  closing: 'Ce courriel a été généré automatiquement pour {recipient}. Pour toute question, écrivez à {postmaster}.',
  reasons: {
    virus: 'il contient un virus',
    flood: 'retenu par précaution pendant une vague de courrier indésirable',
    list: 'son expéditeur ou sa provenance figure sur une liste de blocage',
    bounce: 'il prétend répondre à un message qui n’a pas été envoyé d’ici',
    rule: 'il correspond à une règle de filtrage de votre messagerie',
  },
  page: {
    title: 'Message retenu',
    question: 'Voulez-vous que ce message soit remis à {recipient} ?',
    button: 'Libérer le message',
    released: 'Le message a été libéré. Vous le trouverez dans votre boîte aux lettres.',
    ordered: 'Votre demande est enregistrée. Le message sera remis dès que votre serveur de messagerie l’acceptera.',
    rejected: 'Votre serveur de messagerie a refusé ce message, qui reste donc retenu. Veuillez vous adresser à {postmaster}.',
    used: 'Ce message a déjà été libéré avec ce lien.',
    expired: 'Ce lien a expiré. Si vous avez encore besoin du message, écrivez à {postmaster}.',
    gone: 'Ce message n’est plus retenu : il a été libéré ou supprimé.',
    notOffered: 'Ce message contient un virus et ne peut pas être libéré. Pour toute question, écrivez à {postmaster}.',
    forged: 'Ce lien n’est pas valable. Vérifiez que vous l’avez copié en entier.',
    tooMany: 'Trop de requêtes. Veuillez réessayer dans une minute.',
    trouble: 'C’est impossible pour le moment. Rien n’est perdu ; veuillez réessayer plus tard.',
  },
};
