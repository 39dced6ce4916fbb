// "My address has changed": notes that a program sends for a mailbox that somebody has left, by language.
import { inLanguages } from '../phrases.ts';

/** "My address has changed", where the subject begins: "Confirm your new email address" is a web site's. */
export const newAddressSubjects = inLanguages(true, {
  English: `away from my mail | away from my e-mail`,
  'English, an address that changed': `
    my e-mail address has changed | my email address has changed | my e-mail has changed | my email has changed | change of e-mail address |
    change of email address | e-mail address change | email address change | e-mail address has changed | email address has changed |
    changed e-mail address | changed email address | new email address | new e-mail address | new mail address | my new email address |
    my new e-mail address | i have a new email address | i have a new e-mail address | this email address is no longer |
    this e-mail address is no longer | this mailbox is no longer`,
  German: `meine e-mail-adresse hat sich | meine neue e-mail | neue e-mail-adresse | neue mailadresse | anderung meiner e-mail | anderung der e-mail`,
  French: `nouvelle adresse e-mail | nouvelle adresse mail | nouvelle adresse email | mon adresse e-mail a change`,
  Portuguese: `mudanca de e-mail | mudanca de email | alteracao de e-mail | novo e-mail: | novo endereco de e-mail | meu novo e-mail | o meu novo e-mail`,
  Italian: `cambio e-mail | nuovo indirizzo e-mail | nuovo indirizzo email | il mio indirizzo e-mail e cambiato`,
  Dutch: `nieuw e-mailadres | nieuw emailadres | gewijzigd e-mailadres | wijziging e-mailadres | mijn e-mailadres is gewijzigd`,
  Swedish: `ny e-postadress | ny mailadress | min e-postadress har | andrad e-postadress`,
  Danish: `ny e-mailadresse | ny mailadresse | ny e-mail adresse | min e-mailadresse er ændret | ændret e-mail`,
  Norwegian: `ny e-postadresse | min e-postadresse er endret | endret e-post`,
  Polish: `nowy adres e-mail | nowy adres email | moj nowy adres`,
  Czech: `zmena e-mailove adresy | zmena emailove adresy | nova e-mailova adresa | nova emailova adresa`,
  Slovak: `zmena e-mailovej adresy | zmena emailovej adresy | nova e-mailova adresa`,
  Hungarian: `megvaltozott az e-mail | uj e-mail cim | uj email cim | e-mail cim valtozas`,
  Romanian: `adresa de e-mail schimbata | adresa noua de e-mail | noua adresa de e-mail | noua mea adresa`,
  'Croatian, Serbian': `nova e-mail adresa | promjena e-mail adrese | promena e-mail adrese`,
  Slovenian: `sprememba e-postnega naslova | nov e-postni naslov`,
  Latvian: `jauna e-pasta adrese | mainita e-pasta adrese`,
  Lithuanian: `naujas el. pasto adresas | pasikeite el. pasto`,
  Estonian: `uus e-posti aadress | e-posti aadress on muutunud`,
  Turkish: `e-posta adresim degisti | yeni e-posta adresi | e-posta adresi degisikligi`,
  Russian: `новый адрес электронной | мой новый адрес | мои новыи адрес`,
  Ukrainian: `нова адреса електронної`,
  Bulgarian: `нов имейл адрес`,
  Greek: `νεα διευθυνση e-mail | νεα διευθυνση email | νεα ηλεκτρονικη διευθυνση`,
  Hebrew: `כתובת דואר חדשה | כתובת המייל שלי השתנתה`,
  Arabic: `تغيير البريد | تغيير عنوان البريد | عنوان بريد جديد | عنوان بريدي الجديد | بريدي الجديد`,
  Persian: `تغییر آدرس ایمیل | آدرس ایمیل جدید`,
  Hindi: `नया ईमेल पता | ईमेल पता बदल`,
  Thai: `เปลี่ยนที่อยู่อีเมล | เปลี่ยนอีเมล`,
  Vietnamese: `thay doi dia chi email | dia chi email moi`,
  'Indonesian, Malay': `perubahan alamat email | alamat email baru | alamat e-mel baharu`,
  Japanese: `メールアドレス変更 | メールアドレスが変わりました | 新しいメールアドレス`,
  Chinese: `邮箱变更 | 邮箱地址变更 | 更换邮箱 | 新邮箱 | 更改邮箱`,
  'Chinese (Taiwan)': `信箱變更 | 更換信箱 | 電子郵件地址變更 | 新的電子郵件`,
  Korean: `이메일 주소 변경 | 메일 주소 변경 | 이메일 주소가 변경`,
  Catalan: `nova adreca de correu`,
});

/** What the text says, where the letter is short: the mailbox is named as one that is left, and another is given. */
export const newAddressTexts = inLanguages(true, {
  English: `
    my email address has changed | my e-mail address has changed | this email address is no longer in use | this e-mail address is no longer in use |
    this email address is no longer active | this e-mail address is no longer active | this email address is no longer valid |
    this e-mail address is no longer valid | this email account is no longer | this e-mail account is no longer | this mailbox is no longer monitored |
    this mailbox is no longer in use | this address is no longer in use | this address is no longer monitored | this inbox is no longer monitored |
    please update your address book | please note my new email address | please note my new e-mail address | is no longer with the company |
    is no longer employed by | is no longer employed at | no longer work for | no longer work at | no longer works for | no longer works at |
    no longer working for | no longer working at`,
  German: `
    meine e-mail-adresse hat sich geandert | meine mailadresse hat sich geandert | meine neue e-mail-adresse lautet |
    diese e-mail-adresse wird nicht mehr | diese mailadresse wird nicht mehr | diese e-mail-adresse ist nicht mehr | dieses postfach wird nicht mehr |
    nicht mehr fur das unternehmen tatig | nicht mehr in unserem unternehmen | nicht mehr bei uns beschaftigt`,
  French: `
    mon adresse e-mail a change | mon adresse email a change | mon adresse mail a change | cette adresse n'est plus utilisee |
    cette adresse n'est plus valide | cette adresse e-mail n'est plus | cette adresse email n'est plus | cette boite n'est plus |
    ne fait plus partie de | ne travaille plus`,
  Spanish: `
    mi direccion de correo ha cambiado | mi correo electronico ha cambiado | he cambiado de direccion de correo | esta direccion de correo ya no |
    esta cuenta de correo ya no | este buzon ya no | ya no trabaja en`,
  Portuguese: `
    meu e-mail mudou | meu email mudou | meu endereco de e-mail mudou | este e-mail nao esta mais | este endereco de e-mail nao | nao trabalha mais |
    ja nao trabalha`,
  Italian: `
    il mio indirizzo e-mail e cambiato | il mio indirizzo email e cambiato | il mio indirizzo di posta e cambiato | questo indirizzo e-mail non e piu |
    questo indirizzo email non e piu | questa casella non e piu | questa casella di posta non e piu | non lavora piu`,
  Dutch: `
    mijn e-mailadres is gewijzigd | mijn emailadres is gewijzigd | dit e-mailadres is niet meer | dit e-mailadres wordt niet meer |
    is niet meer werkzaam | werkt niet meer bij`,
  Swedish: `min e-postadress har andrats | min nya e-postadress | denna e-postadress anvands inte | har slutat sin anstallning | arbetar inte langre`,
  Danish: `min e-mailadresse er ændret | min nye e-mailadresse | denne e-mailadresse er ikke længere | er ikke længere ansat`,
  Norwegian: `min e-postadresse er endret | min nye e-postadresse | denne e-postadressen er ikke lenger | er ikke lenger ansatt`,
  Finnish: `sahkopostiosoitteeni on muuttunut | tama sahkopostiosoite ei ole enaa | ei ole enaa palveluksessa`,
  Polish: `
    moj adres e-mail ulegl zmianie | moj adres e-mail zmienil | zmienilem adres e-mail | zmienilam adres e-mail | ten adres e-mail nie jest juz |
    nie pracuje juz`,
  Czech: `
    moje e-mailova adresa se zmenila | moje emailova adresa se zmenila | tato e-mailova adresa jiz | tato emailova adresa jiz |
    jiz ve spolecnosti nepracuje | u nas jiz nepracuje`,
  Slovak: `moja e-mailova adresa sa zmenila | tato e-mailova adresa uz | u nas uz nepracuje`,
  Hungarian: `megvaltozott az e-mail cimem | az e-mail cimem megvaltozott | ez az e-mail cim mar nem | mar nem dolgozik`,
  Romanian: `
    adresa mea de e-mail s-a schimbat | adresa mea de email s-a schimbat | aceasta adresa de e-mail nu mai | aceasta adresa nu mai este |
    nu mai lucreaza`,
  Turkish: `e-posta adresim degisti | bu e-posta adresi artik | artik calismamaktadir`,
  Russian: `
    мой адрес электронной почты изменился | мои адрес электронной почты изменился | мой адрес изменился | мои адрес изменился |
    этот адрес больше не используется | этот почтовый ящик больше не | этот почтовыи ящик больше не | больше не работает в`,
  Ukrainian: `моя електронна адреса змінилася | ця адреса більше не використовується | більше не працює`,
  Bulgarian: `имейл адресът ми е променен | този имейл адрес вече не | вече не работи в`,
  Greek: `η διευθυνση email μου αλλαξε | η ηλεκτρονικη μου διευθυνση αλλαξε | αυτη η διευθυνση δεν χρησιμοποιειται πλεον`,
  Hebrew: `כתובת המייל שלי השתנתה | כתובת הדואר האלקטרוני שלי השתנתה | כתובת זו אינה פעילה עוד | אינו עובד עוד`,
  Arabic: `تم تغيير عنوان بريدي | لقد تغير عنوان بريدي | هذا البريد الإلكتروني لم يعد | لم يعد يعمل`,
  Japanese: `メールアドレスが変わりました | メールアドレスを変更しました | メールアドレスを変更いたしました | このメールアドレスは現在使用 | このアドレスは現在使われて | 退職いたしました | 退職しました`,
  Chinese: `邮箱已更换 | 我的邮箱已变更 | 此邮箱已停用 | 该邮箱已停用 | 此邮箱不再使用 | 已离职`,
  'Chinese (Taiwan)': `此信箱已停用 | 我的信箱已更換 | 電子郵件地址已變更 | 已離職`,
  Korean: `이메일 주소가 변경되었습니다 | 메일 주소가 변경되었습니다 | 이 메일 주소는 더 이상 | 퇴사하였습니다 | 퇴사했습니다`,
});
