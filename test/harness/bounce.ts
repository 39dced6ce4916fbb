// Reports as servers of several makes and languages write them, about a message whose header is given.
import { newToken } from './letter.ts';

/** Words of a report in one language. */
interface Words {
  readonly subject: string;
  readonly text: string;
}

/** By language: what servers there say to a sender whose mail they could not deliver. */
export const bounceWords: Readonly<Record<string, Words>> = {
  en: {
    subject: 'Undelivered Mail Returned to Sender',
    text: "This is the mail system. I'm sorry to have to inform you that your message could not be delivered to one or more recipients. It's attached below.",
  },
  de: {
    subject: 'Nachricht unzustellbar',
    text: 'Ihre Nachricht konnte nicht zugestellt werden. Der Empfänger ist auf diesem Server unbekannt. Bitte prüfen Sie die Adresse.',
  },
  fr: {
    subject: 'Échec de la remise du message',
    text: "Votre message n'a pas pu être remis au destinataire. L'adresse n'existe pas sur ce serveur. Veuillez vérifier l'adresse du destinataire.",
  },
  es: {
    subject: 'Error en la entrega del mensaje',
    text: 'Su mensaje no pudo ser entregado al destinatario. El usuario no existe en este servidor. Compruebe la dirección del destinatario.',
  },
  it: {
    subject: 'Mancata consegna del messaggio',
    text: 'Il messaggio non è stato consegnato al destinatario. La casella non esiste su questo server. Verificare l’indirizzo del destinatario.',
  },
  pl: {
    subject: 'Nie dostarczono wiadomości',
    text: 'Twoja wiadomość nie została dostarczona do adresata. Użytkownik nie istnieje na tym serwerze. Sprawdź adres odbiorcy wiadomości.',
  },
  nl: {
    subject: 'Bericht niet bezorgd',
    text: 'Uw bericht kon niet worden bezorgd bij de ontvanger. De gebruiker bestaat niet op deze server. Controleer het adres van de ontvanger.',
  },
  pt: {
    subject: 'Falha na entrega da mensagem',
    text: 'A sua mensagem não pôde ser entregue ao destinatário. O utilizador não existe neste servidor. Verifique o endereço do destinatário.',
  },
};

export interface BounceParts {
  readonly language?: string;
  /** Who gets the report. */
  readonly to: string;
  /** Whom it is about. */
  readonly failed: string;
  /** Header lines of what it returns, without the empty line. */
  readonly returned: string;
  /** Lines of the per-message fields of the status part. */
  readonly statusFields?: readonly string[];
  readonly token?: string;
  /** Server that makes it. */
  readonly by?: string;
}

const encoded = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

/** A report by the standard (RFC 3464), its words in the language asked for; CRLF line ends. */
export function bounce({ language = 'en', to, failed, returned, statusFields = [], token = newToken(), by = 'mx.far.example' }: BounceParts): Buffer {
  const { subject, text } = bounceWords[language] ?? { subject: '', text: '' };
  const lines = [
    `From: Mail Delivery System <MAILER-DAEMON@${by}>`,
    `To: ${to}`,
    `Subject: ${encoded(subject)}`,
    `Message-ID: <${token}@${by}>`,
    `X-Test-Token: ${token}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="=_part"',
    '',
    '--=_part',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    text,
    '',
    `<${failed}>: 550 5.1.1 unknown user`,
    '',
    '--=_part',
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; ${by}`,
    ...statusFields,
    '',
    `Final-Recipient: rfc822; ${failed}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 unknown user',
    '',
    '--=_part',
    'Content-Type: text/rfc822-headers',
    '',
    returned.trimEnd(),
    '',
    '--=_part--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** The header of a spam that somebody sent in our name, as its receiver returns it. */
export const forgedHeader = ({
  from,
  to,
  subject,
  ip,
  by = 'mx.far.example',
}: {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly ip: string;
  readonly by?: string;
}): string =>
  [
    `Return-Path: <${from}>`,
    `Received: from pc.spammer.example (unknown [${ip}])\r\n\tby ${by} (Postfix) with ESMTP id 4XyZ;\r\n\tSat, 21 Nov 2026 10:00:00 +0000`,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: <${newToken()}@spammer.example>`,
  ].join('\r\n');
