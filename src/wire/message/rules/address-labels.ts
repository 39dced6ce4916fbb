// What stands in front of an address in a report: the one who was not reached, or somebody else. Stems at the end of what precedes it, by language.

/** Of the recipient, in the languages of the world; the English sentences stand in report-words.ts. */
export const recipientLabels = [
  'empfanger|empfänger|adressat', // German
  'destinataire|adresse|remis a|remis à|delivre a|délivré à|distribue a|distribué à', // French
  'destinatario|direccion|dirección|entregar a|entregado a', // Spanish
  'destinatario|destinatário|endereco|endereço|entregue a|entregue para', // Portuguese
  'destinatario|indirizzo|recapitato a|consegnato a', // Italian
  'geadresseerde|ontvanger|bezorgd bij|bezorgd aan|afgeleverd aan|afgeleverd bij', // Dutch
  'mottagare|mottagaren|levereras till|adressen', // Swedish
  'modtager|modtageren|leveres til|mottaker|mottakeren', // Danish, Norwegian
  'vastaanottaja|vastaanottajalle|osoitteeseen', // Finnish
  'odbiorca|odbiorcy|adresat|adresata|na adres', // Polish
  'příjemce|príjemca|adresát|adresu', // Czech, Slovak
  'címzett|címzettnek', // Hungarian
  'destinatarul|destinatarului|adresa', // Romanian
  'alıcı|alıcıya|adresine', // Turkish
  'получатель|получателю|получателя|адресат|адресу|адресата|адрес', // Russian
  'одержувач|отримувач|одержувачу|адресат|адресу', // Ukrainian
  'получател|примател', // Bulgarian, Serbian, Macedonian
  'primatelj|primalac|prejemnik|naslovnik', // Croatian, Serbian, Slovenian
  'παραλήπτης|παραλήπτη|διεύθυνση', // Greek
  'נמען|לכתובת', // Hebrew
  'المستلم|المرسل إليه|العنوان', // Arabic
].join('|');

/** The same in scripts that write no blank between words. */
export const unspacedRecipientLabels = [
  '宛先|受信者|受取人|に|へ|先', // Japanese
  '收件人|收件者|收信人|发送到|發送到|送达|送達', // Chinese
  '받는 사람|받는사람|수신자|수신인', // Korean
].join('|');

/** Of the sender. */
export const senderLabels = [
  'absender',
  'expediteur|expéditeur|de la part de',
  'remitente|remetente|mittente|afzender|afsender|avsändare|avsender|lähettäjä|nadawca|odesílatel|odosielateľ|feladó|expeditor|gönderen',
  'отправитель|отправителя|відправник|подател|pošiljatelj|pošiljalac|αποστολέας|שולח|المرسل',
].join('|');

/** The same in scripts that write no blank between words. */
export const unspacedSenderLabels = '送信者|差出人|発信者|发件人|发信人|發件人|寄件人|寄件者|보낸 사람|보낸사람|발신자|발신인';
