import type { DigestWords } from '../words.ts';

export const de: DigestWords = {
  locale: 'de-DE',
  sender: 'Mail-Gateway',
  subject: { one: '{count} Nachricht an Sie wird zurückgehalten', other: '{count} Nachrichten an Sie werden zurückgehalten' },
  opening:
    'Das Mail-Gateway von {domain} hält E-Mails an {recipient} zurück, weil sie unerwünscht oder gefährlich sein könnten. Sie wurden Ihnen nicht zugestellt.',
  nothingToDo: 'Wenn Sie nichts davon haben möchten, brauchen Sie nichts zu tun: Jede Nachricht wird zum angegebenen Zeitpunkt gelöscht.',
  labels: { from: 'Von', subject: 'Betreff', arrived: 'Eingegangen', reason: 'Grund', until: 'Aufbewahrt bis' },
  noSubject: '(kein Betreff)',
  noSender: '(automatische Benachrichtigung ohne Absender)',
  releaseByLink: 'Diese Nachricht freigeben:',
  releaseByMail: 'Per E-Mail freigeben, eine beliebige Nachricht an diese Adresse genügt:',
  notOffered: 'Diese Nachricht enthält einen Virus und kann nicht freigegeben werden. Bei Fragen schreiben Sie an {postmaster}.',
  more: {
    one: 'Eine weitere Nachricht wird zurückgehalten. Sie wird im nächsten Brief aufgeführt.',
    other: '{count} weitere Nachrichten werden zurückgehalten. Sie werden in den nächsten Briefen aufgeführt.',
  },
  answerOne: 'Sie können auch einfach auf diese E-Mail antworten: Damit wird die Nachricht freigegeben.',
  answerMany:
    'Sie können auch auf diese E-Mail antworten. Schreiben Sie die Nummern der gewünschten Nachrichten in die erste Zeile Ihrer Antwort, zum Beispiel: {example}',
  validUntil: 'Die Links und Adressen in dieser E-Mail gelten bis {date}, jeweils ein einziges Mal. Leiten Sie diese E-Mail nicht weiter.',
  caution: 'Geben Sie nur Nachrichten frei, die Sie erwarten. Wir fragen Sie niemals per E-Mail nach Ihrem Passwort.',
  closing: 'Diese E-Mail wurde automatisch für {recipient} erstellt. Bei Fragen schreiben Sie an {postmaster}.',
  reasons: {
    virus: 'sie enthält einen Virus',
    flood: 'vorsorglich zurückgehalten während einer Welle unerwünschter E-Mails',
    list: 'Absender oder Herkunft stehen auf einer Sperrliste',
    bounce: 'sie gibt vor, eine Nachricht zu beantworten, die nicht von hier stammt',
    rule: 'sie entspricht einer Filterregel Ihres Mailsystems',
  },
  page: {
    title: 'Zurückgehaltene Nachricht',
    question: 'Soll diese Nachricht an {recipient} zugestellt werden?',
    button: 'Nachricht freigeben',
    released: 'Die Nachricht wurde freigegeben. Sie finden sie in Ihrem Postfach.',
    ordered: 'Ihr Auftrag ist vermerkt. Die Nachricht wird zugestellt, sobald Ihr Mailserver sie annimmt.',
    rejected: 'Ihr Mailserver hat diese Nachricht abgelehnt; sie bleibt deshalb zurückgehalten. Bitte wenden Sie sich an {postmaster}.',
    used: 'Diese Nachricht wurde mit diesem Link bereits freigegeben.',
    expired: 'Dieser Link ist abgelaufen. Wenn Sie die Nachricht noch brauchen, schreiben Sie an {postmaster}.',
    gone: 'Diese Nachricht wird nicht mehr zurückgehalten: Sie wurde freigegeben oder gelöscht.',
    notOffered: 'Diese Nachricht enthält einen Virus und kann nicht freigegeben werden. Bei Fragen schreiben Sie an {postmaster}.',
    forged: 'Dieser Link ist ungültig. Prüfen Sie, ob Sie ihn vollständig kopiert haben.',
    tooMany: 'Zu viele Anfragen. Bitte versuchen Sie es in einer Minute noch einmal.',
    trouble: 'Das ist im Augenblick nicht möglich. Es ist nichts verloren; bitte versuchen Sie es später noch einmal.',
  },
};
