// What Exchange, Office 365, Outlook.com, Gmail and the gateways write in the languages of their readers, by kind: subjects and texts, failed and late.
import { inLanguages } from '../phrases.ts';

/** Subjects of delay notices. */
export const lateSubjects = inLanguages('delayed' as const, {
  German: `verzogerte zustellung | zustellung verzogert | verzogert: | nachricht verzogert | zustellungsverzogerung`,
  French: `remise retardee | remise differee | message retarde | retarde : | distribution retardee | retard dans la remise`,
  Spanish: `entrega retrasada | retrasado: | retraso en la entrega | entrega demorada | mensaje demorado | mensaje retrasado`,
  Portuguese: `entrega atrasada | atraso na entrega | mensagem atrasada | atrasada: | entrega adiada`,
  Italian: `consegna ritardata | recapito ritardato | recapito in ritardo | ritardo nella consegna | ritardo nel recapito | messaggio in ritardo`,
  Dutch: `bezorging vertraagd | vertraagde bezorging | vertraagd: | aflevering vertraagd | vertraging bij bezorging`,
  Swedish: `leveransen forsenad | forsenad leverans | fordrojd leverans | leveransen ar fordrojd | forsenad:`,
  'Danish, Norwegian': `forsinket levering | levering forsinket | leveringen er forsinket | forsinket: | leveringsforsinkelse`,
  Finnish: `toimitus viivastynyt | toimitus viivastyy | viestin toimitus viivastyi | viivastynyt:`,
  Polish: `opoznione dostarczenie | opoznienie dostarczenia | dostarczenie opoznione | opozniono: | wiadomosc opozniona`,
  Czech: `doruceni se zpozdilo | zpozdene doruceni | zpozdeni doruceni | zpozdeno:`,
  Slovak: `dorucenie oneskorene | oneskorene dorucenie | oneskorenie dorucenia`,
  Hungarian: `kesleltetett kezbesites | kezbesites kesik | a kezbesites kesleltetve | keslelteve:`,
  Romanian: `livrare intarziata | intarziere la livrare | intarziat:`,
  Turkish: `teslim gecikti | teslimat gecikti | geciken teslimat | gecikti:`,
  Russian: `доставка задержана | задержка доставки | доставка отложена | задержано:`,
  Ukrainian: `доставку затримано | затримка доставки | доставку відкладено`,
  Bulgarian: `забавена доставка | забавяне на доставката | доставката се забави`,
  Greek: `καθυστερηση παραδοσης | η παραδοση καθυστερησε | καθυστερημενη παραδοση`,
  Hebrew: `המסירה מתעכבת | עיכוב במסירה | מסירה מושהית`,
  Arabic: `تأخر التسليم | تأخير التسليم | تم تأخير التسليم`,
  Japanese: `配信遅延 | 配信の遅延 | 配信が遅れて | 送信遅延 | 配送遅延`,
  Chinese: `传递延迟 | 已延迟 | 投递延迟 | 发送延迟 | 邮件延迟 | 邮件投递延迟`,
  'Chinese (Taiwan)': `傳遞延遲 | 已延遲 | 投遞延遲 | 郵件延遲`,
  Korean: `배달 지연 | 전송 지연 | 배달이 지연 | 지연됨`,
  Vietnamese: `gui cham | thu bi tri hoan | tri hoan gui`,
  Indonesian: `pengiriman tertunda | pengiriman pesan tertunda`,
  Thai: `การส่งล่าช้า | ส่งล่าช้า`,
});

/** Texts of delay notices. */
export const lateTexts = inLanguages('delayed' as const, {
  English: `
    you do not need to re-send your message | you do not have to resend | you do not need to resend | temporary problem delivering | will retry for | has not been delivered yet | could not yet be delivered | has not yet been delivered |
    not been delivered to the following recipients yet | delivery has been delayed | delivery to the following recipients has been delayed |
    delivery of your message has been delayed | attempts to deliver the message will continue | attempts to deliver your message will continue |
    server will keep trying | server will continue to try | will continue trying to deliver | we will keep trying | will continue to attempt delivery |
    delivery will be retried | will be retried periodically | this is only a warning | this is just a warning | this is a delay notification |
    is still in the queue | remains in the queue | remains on the queue`,
  German: `
    dies ist nur eine warnung | dies ist lediglich eine warnung | wurde noch nicht zugestellt | konnte noch nicht zugestellt |
    konnte bisher nicht zugestellt | die zustellung verzogert sich | zustellung wurde verzogert | zustellversuche werden fortgesetzt |
    mussen die nachricht nicht erneut senden | brauchen die nachricht nicht erneut zu senden | wird weiter versucht | es wird weiterhin versucht |
    versucht weiterhin`,
  French: `
    ceci n'est qu'un avertissement | ceci est un simple avertissement | n'a pas encore ete remis | n'a pas encore pu etre |
    n'a pas encore ete distribue | la remise est retardee | la remise du message est retardee | a ete retarde | vous n'avez pas besoin de renvoyer |
    il n'est pas necessaire de renvoyer | de nouvelles tentatives | les tentatives de remise se poursuivront`,
  Spanish: `
    esto es solo una advertencia | este es solo un mensaje de advertencia | este es un mensaje de advertencia | aun no se ha entregado |
    todavia no se ha entregado | aun no ha sido entregado | se ha retrasado la entrega | la entrega se ha retrasado | no es necesario que reenvie |
    no necesita reenviar | se continuara intentando | seguira intentando | se seguira intentando`,
  Portuguese: `
    isto e apenas um aviso | esta e apenas uma mensagem de aviso | ainda nao foi entregue | ainda nao pode ser entregue | a entrega foi adiada |
    a entrega esta atrasada | nao precisa reenviar | nao e necessario reenviar | continuaremos tentando | continuara tentando | continuara a tentar`,
  Italian: `
    questo e solo un avviso | questo e soltanto un avviso | non e stato ancora recapitato | non e ancora stato recapitato |
    non e stato ancora consegnato | non e ancora stato consegnato | la consegna e in ritardo | il recapito e stato ritardato |
    la consegna e stata ritardata | non e necessario inviare di nuovo | non e necessario rispedire | continuera a tentare |
    verranno effettuati altri tentativi`,
  Dutch: `
    dit is slechts een waarschuwing | dit is alleen een waarschuwing | is nog niet bezorgd | kon nog niet worden bezorgd | nog niet worden afgeleverd |
    de bezorging is vertraagd | aflevering is vertraagd | hoeft het bericht niet opnieuw te | blijft proberen`,
  Swedish: `
    detta ar bara en varning | detta ar endast en varning | har annu inte levererats | leveransen har fordrojts | leveransen har forsenats |
    behover inte skicka | fortsatter att forsoka | kommer att fortsatta forsoka`,
  'Danish, Norwegian': `
    dette er kun en advarsel | dette er bare en advarsel | er endnu ikke leveret | er ikke levert enna | leveringen er forsinket |
    levering er blevet forsinket | behover ikke sende | fortsatter med at forsoge | vil fortsette a prove`,
  Finnish: `
    tama on vain varoitus | ei ole viela toimitettu | toimitus on viivastynyt | toimittamista yritetaan | yritetaan edelleen |
    sinun ei tarvitse lahettaa`,
  Polish: `
    to jest tylko ostrzezenie | nie zostala jeszcze dostarczona | nie zostala dotychczas dostarczona | dostarczenie wiadomosci opoznia |
    zostalo opoznione | nie trzeba wysylac | nie musisz wysylac | proby dostarczenia beda`,
  Czech: `
    toto je pouze varovani | toto je pouze upozorneni | dosud nebyla dorucena | jeste nebyla dorucena | doruceni bylo zpozdeno |
    doruceni zpravy se zpozdilo | neni treba zpravu znovu | bude se dale pokouset | pokusy o doruceni budou`,
  Slovak: `toto je iba upozornenie | este nebola dorucena | zatial nebola dorucena | dorucenie spravy sa oneskorilo | spravu nemusite znova`,
  Hungarian: `
    ez csak figyelmeztetes | meg nem sikerult kezbesiteni | meg nem lett kezbesitve | kezbesitese kesik | kezbesitest tovabb |
    nem szukseges ujra elkuld`,
  Romanian: `
    acesta este doar un avertisment | nu a fost inca livrat | inca nu a fost livrat | livrarea a fost intarziata | nu este nevoie sa retrimiteti |
    va continua sa incerce`,
  Turkish: `
    bu yalnizca bir uyari | bu sadece bir uyari | henuz teslim edil | teslimi gecik | teslimat gecik | yeniden gondermeniz gerekm |
    tekrar gondermeniz gerekm | denemeye devam`,
  Russian: `
    это только предупреждение | это лишь предупреждение | еще не доставлено | пока не доставлено | доставка задерживается |
    доставка сообщения задерживается | доставка отложена | не нужно отправлять повторно | попытки доставки будут продолж | будет продолжать попытки`,
  Ukrainian: `це лише попередження | ще не доставлено | доставка затримується | доставку відкладено | не потрібно надсилати | спроби доставки триватимуть`,
  Bulgarian: `това е само предупреждение | все още не е доставено | доставката се забавя | опитите за доставка ще продължат`,
  Greek: `
    αυτη ειναι μονο μια προειδοποιηση | δεν εχει παραδοθει ακομη | δεν εχει ακομη παραδοθει | η παραδοση καθυστερει | η παραδοση εχει καθυστερησει |
    δεν χρειαζεται να στειλετε ξανα | θα συνεχισει να προσπαθει`,
  Hebrew: `זוהי אזהרה בלבד | עדיין לא נמסרה | המסירה מתעכבת | אין צורך לשלוח שוב | ימשיך לנסות`,
  Arabic: `هذا مجرد تحذير | لم يتم تسليمها بعد | لم يتم تسليم رسالتك بعد | تأخر تسليم | لا داعي لإعادة إرسال | لا حاجة لإعادة إرسال | ستستمر محاولات`,
  Japanese: `これは警告 | まだ配信されていません | まだ配信できていません | 配信が遅延 | 配信が遅れて | 再送する必要はありません | 再送信する必要はありません | 引き続き配信を試み | 配信を再試行 | 再送を試み`,
  Chinese: `这只是一个警告 | 这仅是警告 | 尚未送达 | 尚未投递 | 尚未传递 | 被延迟 | 已延迟 | 无需重新发送 | 不需要重新发送 | 将继续尝试 | 会继续尝试`,
  'Chinese (Taiwan)': `這只是一個警告 | 這只是警告 | 尚未送達 | 尚未傳遞 | 已延遲 | 不需要重新傳送 | 不必重新傳送 | 會繼續嘗試 | 將繼續嘗試`,
  Korean: `경고 메시지일 뿐 | 아직 배달되지 | 아직 전송되지 | 배달이 지연 | 전송이 지연 | 다시 보낼 필요 | 계속 시도`,
  Thai: `ยังไม่ได้ถูกส่ง | ยังส่งไม่สำเร็จ | การส่งล่าช้า | จะพยายามส่งต่อ`,
  Vietnamese: `van chua duoc gui | chua duoc chuyen | viec gui bi tri hoan | khong can gui lai | se tiep tuc thu`,
  Indonesian: `belum terkirim | pengiriman tertunda | tidak perlu mengirim ulang | akan terus mencoba`,
});

/** Texts of notices of success. */
export const doneTexts = inLanguages('delivered' as const, {
  English: `
    has been delivered to the following recipient | was delivered to the following recipient | was successfully delivered to the | has been successfully delivered |
    was successfully delivered | delivery to these recipients or groups is complete | delivery to this recipient is complete | has been relayed to the following |
    successfully relayed to the following | has been successfully relayed`,
  German: `wurde erfolgreich zugestellt | wurde an die folgenden empfanger zugestellt | wurde den folgenden empfangern zugestellt`,
  French: `a ete remis aux destinataires suivants | a bien ete remis | a ete distribue avec succes`,
  Spanish: `se ha entregado a los siguientes destinatarios | se entrego correctamente | ha sido entregado correctamente`,
  Portuguese: `foi entregue aos seguintes destinatarios | foi entregue com exito | foi entregue com sucesso`,
  Italian: `e stato recapitato ai seguenti destinatari | e stato recapitato correttamente | e stato consegnato correttamente`,
  Dutch: `is bezorgd bij de volgende geadresseerden | is succesvol bezorgd`,
  Swedish: `har levererats till foljande mottagare`,
  'Danish, Norwegian': `er leveret til folgende modtagere | er levert til folgende mottakere`,
  Polish: `zostala dostarczona do nastepujacych adresatow | zostala pomyslnie dostarczona`,
  Russian: `успешно доставлено | доставлено следующим получателям`,
  Japanese: `次の受信者に配信されました | 正常に配信されました`,
  Chinese: `已传递给以下收件人 | 已成功送达`,
  'Chinese (Taiwan)': `已傳遞給下列收件者 | 已成功送達`,
  Korean: `다음 받는 사람에게 배달되었습니다`,
});

/** Subjects of bounces. */
export const failedSubjects = inLanguages('failed' as const, {
  English: `
    nondeliverable mail | non-deliverable | non delivery | mail delivery error | mail delivery status | mail   delivery status report |
    delivery report |  mail undeliverable | mail returned | message returned | mail bounced | message undeliverable |
    message not delivered | message delivery failure | message delivery error | message could not be delivered | message cannot be delivered |
    your message was not delivered | your mail was not delivered | your email was not delivered | your message has been rejected |
    your email has been rejected | your message was rejected | message blocked | message you sent blocked | message you sent was not delivered |
    email you sent was not delivered | e-mail delivery failure | email delivery failure | email delivery failed |
    there was an error sending your mail | error sending | error in delivering | 
    recipient unknown | no such user | address not found | unknown recipient | unknown address | invalid recipient | invalid address |
    unroutable mail | unresolvable | mail refused | relay refused | dead letter`,
  German: `
    zustellung nicht moglich | zustellungsfehler | zustellfehler | zustellung gescheitert | zustellung nicht erfolgreich | zustellung erfolglos |
    nachricht nicht zugestellt | nachricht konnte nicht | e-mail nicht zugestellt | nicht zugestellt | nicht ubermittelt | nicht zustellbare |
    ruckgabe ihrer nachricht | ihre e-mail konnte nicht | empfanger unbekannt | unzustellbare | adresse nicht gefunden`,
  French: `
    message non delivre | message non distribue | message non transmis | message rejete | mail non delivre | courrier non delivre | non delivre |
    non delivrable | echec de distribution | echec de livraison | echec de l'envoi | echec d'envoi | echec de transmission | erreur de distribution |
    erreur de livraison | retour a l'expediteur | retour a l'envoyeur | adresse introuvable | destinataire inconnu | 
    rapport de non remise | notification de non remise | impossible de remettre | avis de non remise | avis de non-remise`,
  Spanish: `
    no se puede entregar | no se pudo entregar | no ha podido entregar | no pudo ser entregado | no entregable | mensaje no entregado |
    correo no entregado | mensaje no enviado | mensaje rechazado | correo rechazado | mensaje devuelto | devuelto al remitente | fallo en la entrega |
    fallo de entrega | fallo al entregar | error en la entrega | error al entregar | error de envio | entrega fallida | informe de no entrega |
    direccion no encontrada | no se ha encontrado la direccion | usuario desconocido`,
  Portuguese: `
    nao e possivel entregar | nao pode ser entregue | nao foi entregue | nao entregavel | entrega impossivel | entrega falhou | mensagem nao entregue |
    mensagem rejeitada | e-mail nao entregue | e-mail devolvido | email devolvido | devolvida ao remetente | devolvido ao remetente | erro na entrega |
    erro de entrega | erro no envio | falha no envio | falha de entrega | falha ao entregar | endereco nao encontrado | usuario desconhecido |  relatorio de nao entrega`,
  Italian: `
    mancato recapito | mancato inoltro | non consegnato | non consegnata | non recapitato | messaggio non consegnato | messaggio respinto |
    messaggio rifiutato | messaggio non recapitabile | consegna fallita | consegna non riuscita | errore di consegna | errore nella consegna |
    errore di recapito | recapito fallito | impossibile consegnare | restituito al mittente | indirizzo non trovato | avviso di mancata consegna |  utente sconosciuto`,
  Dutch: `
    niet afgeleverd | niet te bezorgen | niet besteld | kan niet worden bezorgd | kon niet worden bezorgd | bezorging mislukt | aflevering mislukt |
    aflevering niet mogelijk | fout bij bezorging | fout bij aflevering | bericht geweigerd | retour afzender | adres niet gevonden |
    onbestelbare e-mail | onbestelbaar bericht`,
  Swedish: `
    kan inte levereras | kunde inte leverera | leveransen misslyckades | leveransfel | misslyckad leverans | olevererat | olevererbart | obestallbar |
    meddelandet avvisades | adressen hittades inte`,
  'Danish, Norwegian': `
    kan ikke leveres | kunne ikke levere | levering mislykkedes | leveringen mislyktes | leveringsfejl | leveringsfeil | ikke leveret | ikke levert |
    uleverbar | kan ikke afleveres | adressen blev ikke fundet | fant ikke adressen`,
  Finnish: `
    toimitus ei onnistunut | toimittaminen epaonnistui | viestin toimitus epaonnistui | viestia ei toimitettu | ei voi toimittaa | ei toimitettu |
    toimittamaton | osoitetta ei loydy`,
  Polish: `
    niedostarczalne | niedostarczone | nie mozna dostarczyc | nie udalo sie dostarczyc | nie dostarczono | nie dostarczona | niedoreczon |
    wiadomosc niedostarczona | blad dostarczania | blad dostarczenia | zwrot wiadomosci | wiadomosc odrzucona | wiadomosc zwrocona |
    nie znaleziono adresu`,
  Czech: `
    nedorucitelne | nedorucitelna | nedoruceno | nelze dorucit | zpravu nelze dorucit | zprava nebyla dorucena | doruceni se nezdarilo |
    chyba doruceni | vracena zprava | vraceni zpravy | adresa nebyla nalezena`,
  Slovak: `
    nedorucitelne | nedorucene | nie je mozne dorucit | spravu nie je mozne | sprava nebola dorucena | dorucenie zlyhalo | chyba dorucenia |
    vratena sprava`,
  Hungarian: `
    nem kezbesitheto | kezbesitesi hiba | sikertelen kezbesites | a kezbesites sikertelen | nem sikerult kezbesiteni | visszakuldott |
    a cim nem talalhato`,
  Romanian: `
    nu se poate livra | nu poate fi livrat | mesaj nelivrat | livrare esuata | livrarea a esuat | eroare la livrare | mesaj respins | mesaj returnat |
    adresa negasita | nelivrabil`,
  Croatian: `neisporucivo | nije isporuceno | poruka nije isporucena | isporuka nije uspjela | nije moguce isporuciti | nemoguce isporuciti`,
  Serbian: `није испоручен | није могуће испоручити | nije moguce dostaviti | poruka nije dostavljena`,
  Slovenian: `nedostavljivo | ni mogoce dostaviti | dostava ni uspela | sporocilo ni bilo dostavljeno`,
  Latvian: `nepiegadajams | nevar piegadat | neizdevas piegadat | piegade neizdevas`,
  Lithuanian: `nepristatyta | nepristatomas | nepavyko pristatyti | negalima pristatyti`,
  Estonian: `kohaletoimetamatu | ei saa kohale toimetada | kohaletoimetamine nurjus | kohale toimetamine ebaonnestus`,
  Turkish: `
    teslim edilemez | teslim edilemiyor | teslim edilmedi | teslimat basarisiz | teslim hatasi | ileti gonderilemedi | gonderilemedi | iade edildi |
    adres bulunamadi`,
  Russian: `
    не удается доставить | не может быть доставлено | сообщение не доставлено | письмо не доставлено | недоставляемо | недоставлено | недоставк |
    ошибка доставки | ошибка при доставке | сбой доставки | доставка невозможна | доставка не удалась | возврат письма | возврат почты |
    возвращенное письмо | ваше сообщение отклонено | письмо отклонено | адрес не найден | уведомление о недоставке | отчет о недоставке`,
  Ukrainian: `
    не вдається доставити | не вдалося доставити | не доставлено | недоставлен | помилка доставки | доставка неможлива | повернення листа |
    адресу не знайдено`,
  Bulgarian: `недоставимо | недоставен | не е доставен | неуспешна доставка | неуспешно доставяне | грешка при доставка | адресът не е намерен`,
  Macedonian: `не може да се испорача | неуспешна испорака`,
  Greek: `
    δεν ειναι δυνατη η παραδοση | αδυνατη η παραδοση | αδυναμια παραδοσης | ανεπιδοτο | μη παραδοση | δεν παραδοθηκε | σφαλμα παραδοσης |
    η διευθυνση δεν βρεθηκε`,
  Hebrew: `לא ניתן למסור | לא נמסר | מסירה נכשלה | המסירה נכשלה | כשל במסירה | שגיאת מסירה | הכתובת לא נמצאה | הודעה חוזרת`,
  Arabic: `
    غير قابل للتسليم | لم يتم التسليم | لم يتم تسليم | فشل التسليم | فشل تسليم | فشل الإرسال | فشل في التسليم | تعذر تسليم |
    لم يتم العثور على العنوان | رسالة مرتجعة`,
  Persian: `تحویل داده نشد | غیر قابل تحویل | عدم تحویل | ارسال ناموفق`,
  Hindi: `वितरित नहीं | वितरण योग्य नहीं | वितरण विफल | डिलीवर नहीं | डिलीवरी विफल`,
  Thai: `ไม่สามารถส่ง | ส่งไม่ได้ | ส่งไม่สำเร็จ | การส่งล้มเหลว | ไม่พบที่อยู่`,
  Vietnamese: `khong the chuyen | khong gui duoc | gui khong thanh cong | gui that bai | khong tim thay dia chi | thu bi tra lai`,
  'Indonesian, Malay': `
    tidak dapat dikirim | gagal terkirim | gagal dikirim | pengiriman gagal | pesan tidak terkirim | tidak dapat dihantar | penghantaran gagal |
    alamat tidak ditemukan`,
  Japanese: `配信できませんでした | 配信に失敗 | 配信失敗 | 配信エラー | 配送エラー | 送信エラー | 送信失敗 | 不達 | 未達 | 宛先不明 | 届きませんでした | メールが届きません | メール配信不能 | アドレスが見つかりません | 返送されました | エラーメール`,
  Chinese: `未送达 | 无法传递 | 无法送达 | 无法发送 | 传递失败 | 发送失败 | 投递失败 | 邮件退回 | 邮件被退回 | 系统退信 | 退回邮件 | 未能送达 | 找不到地址 | 投递状态通知`,
  'Chinese (Taiwan)': `未傳遞 | 無法投遞 | 無法送達 | 無法寄達 | 傳遞失敗 | 傳送失敗 | 投遞失敗 | 退信 | 郵件退回 | 信件退回 | 未送達 | 找不到地址`,
  Korean: `배달할 수 없 | 배달되지 않음 | 배달 실패 | 전송되지 않 | 전송할 수 없 | 발송 실패 | 반송 | 메일 전송 오류 | 주소를 찾을 수 없 | 수신 실패 | 메일 발송 오류`,
  Catalan: `no s'ha pogut lliurar | no es pot lliurar | error de lliurament | missatge no lliurat`,
});

/** Texts of bounces. */
export const failedTexts = inLanguages('failed' as const, {
  English: `
    trouble delivering your | problem delivering your | problems delivering your | problem delivering the | problem with delivering |
    error sending your | error delivering your | error while delivering | error while sending | error occurred while sending |
    error occurred while delivering | error occurred when delivering | was unable to deliver | is unable to deliver | were unable to send |
    was unable to send | unable to send | unable to transmit | unable to relay | unable to forward | not possible to deliver | impossible to deliver |
    was not able to deliver | could not be transmitted | could not be forwarded | could not be relayed | could not be routed | could not be sent |
    was not sent | has not been sent | wasn't sent | was not accepted by | was not accepted for delivery | not been accepted | did not arrive |
    did not reach | never reached | was bounced | has bounced | bounced back | is undeliverable | are undeliverable | undeliverable mail |
    undeliverable message | undeliverable e-mail | undeliverable email | was returned because | is returned because | being returned |
    returned to you | return your message | returning your message | returned undelivered | refused to accept | was refused | refused by |
    delivery has failed | delivery has been rejected |  delivery error | delivery failure |
    failed permanently | failed to be delivered | has failed to deliver | address not found | recipient not found | message blocked |
    has not been delivered | is not delivered | not deliverable | following recipients returned permanent errors | following address failed |
    following addresses failed | following address(es) failed | following recipients failed | following recipients could not be reached |
    following recipient(s) could not be reached | following recipient(s) cannot be reached | following recipients cannot be reached |
    following addresses had | following errors occurred | could not be reached | fatal errors | transcript of the session | session transcript |
    due to a full mailbox`,
  German: `
    nicht zustellbar | nicht zugestellt | nicht ausgeliefert | nicht ubermittelt | nicht ubertragen werden | nicht weitergeleitet werden |
    konnte nicht gesendet werden | zustellung ist fehlgeschlagen | zustellung fehlgeschlagen | zustellung war nicht moglich | 
    fehler bei der zustellung | beim zustellen | fehler beim senden | nicht erreicht | wurde abgelehnt | wurde zuruckgewiesen | wurde abgewiesen |
    verweigert die annahme |
    fehler bei der nachrichtenzustellung | nachrichtenzustellung fehlgeschlagen`,
  French: `
    n'ont pas pu etre | n'ont pu etre | n'a pas ete remis | n'a pas ete distribue | n'a pas ete delivre | n'a pas ete livre | n'a pas ete envoye |
    n'a pas ete transmis | n'est pas parvenu | ne peut etre remis | ne peut pas etre | non distribuable | non delivre | echec de remise |
    echec de la distribution | la remise a echoue | la livraison a echoue | erreur lors de la distribution | erreur lors de la remise | a ete rejete |
    a ete refuse | impossible de distribuer | impossible de delivrer | impossible d'envoyer`,
  Spanish: `
    no se puede entregar | no se entrego | no se ha entregado | no ha sido entregado | no fue entregado | no pudieron ser | no puede ser entregado |
    no fue posible entregar | no es posible entregar | imposible entregar | no pudo entregarse | no ha llegado | no se pudo enviar |
    no se ha podido enviar | no ha podido ser enviado | error al entregar | error en la entrega | fue rechazado | ha sido rechazado |
    ha sido devuelto`,
  Portuguese: `
    nao e possivel entregar | nao conseguimos entregar | nao foi possivel enviar | nao foi possivel a entrega | nao pode ser entregue |
    nao puderam ser entregues | nao podera ser entregue | nao foram entregues | nao foi enviada | a entrega falhou | falha na entrega |
    falha ao entregar | erro na entrega | erro ao entregar | erro ao enviar | foi rejeitada | foi recusada | foi devolvida | impossivel entregar`,
  Italian: `
    non e stato consegnato | non e stata consegnata | non puo essere recapitato | non puo essere consegnato | non e possibile recapitare |
    non e possibile consegnare | non e recapitabile | impossibile consegnare | impossibile inviare | non e stato inviato | consegna fallita |
    recapito non riuscito | la consegna non e riuscita | errore durante la consegna | errore nella consegna | e stato respinto | e stato rifiutato |
    sono stati rilevati problemi`,
  Dutch: `
    is niet bezorgd | niet worden bezorgd | niet bezorgd worden | kan niet worden afgeleverd | niet worden afgeleverd | niet afgeleverd |
    niet worden verzonden | bezorging is mislukt | bezorging mislukt | aflevering is mislukt | fout opgetreden bij | is geweigerd | werd geweigerd |
    onbestelbaar |
    geadresseerden of groepen is mislukt | bezorging aan deze geadresseerden`,
  Swedish: `
    kan inte levereras | har inte levererats | levererades inte | gick inte att leverera | kunde inte leverera | kunde inte skickas |
    leveransen misslyckades | har avvisats | avvisades av | kunde inte nas`,
  'Danish, Norwegian': `
    kan ikke leveres | blev ikke leveret | ble ikke levert | er ikke blevet leveret | kunne ikke levere | kunne ikke sendes | kunne ikke afleveres |
    leveringen mislykkedes | leveringen mislyktes | levering mislyk | blev afvist | ble avvist |
    grupper mislykkedes | gruppene mislyktes`,
  Finnish: `
    ei voida toimittaa | ei toimitettu | ei onnistuttu toimittamaan | toimittaminen epaonnistui | toimitus epaonnistui | toimitus ei onnistunut |
    ei tavoittanut`,
  Polish: `
    nie mozna dostarczyc | nie udalo sie dostarczyc | nie dotarla | nie zostala wyslana | nie zostal dostarczony | nie moze zostac dostarczona |
    dostarczenie nie powiodlo | dostarczenie wiadomosci nie | zostala odrzucona | blad podczas dostarczania | niemozliwe dostarczenie |
    lub grup nie powiodlo`,
  Czech: `
    nelze dorucit | nebyla dorucena | nebyl dorucen | nepodarilo se dorucit | doruceni se nezdarilo | nemuze byt dorucena | byla odmitnuta |
    nedorucitelna |
    skupinam se nezdarilo`,
  Slovak: `nie je mozne dorucit | nebola dorucena | nemohla byt dorucena | nepodarilo sa dorucit | dorucenie zlyhalo | bola odmietnuta |
    skupinam zlyhalo`,
  Hungarian: `
    nem kezbesitheto | kezbesitese nem sikerult | kezbesitese sikertelen | nem lehetett kezbesiteni | nem tudtuk kezbesiteni | nem lett kezbesitve |
    kezbesites meghiusult | visszautasitotta |
    kezbesites sikertelen`,
  Romanian: `
    nu poate fi livrat | nu a fost livrat | nu s-a putut livra | nu au putut fi livrate | livrarea a esuat | livrare esuata | a fost respins |
    nu a ajuns |
    livrarea nu a reusit`,
  Croatian: `nije isporucena | nije moguce isporuciti | ne moze se isporuciti | isporuka nije uspjela | nije dostavljena`,
  Serbian: `није испоручена | није могуће испоручити | nije moguce dostaviti | није достављена`,
  Slovenian: `ni bilo mogoce dostaviti | ni mogoce dostaviti | ni bilo dostavljeno | dostava ni uspela`,
  Latvian: `nevareja piegadat | neizdevas piegadat | netika piegadat | nevar piegadat`,
  Lithuanian: `nepavyko pristatyti | nebuvo pristatyt | negalima pristatyti | nepristatytas`,
  Estonian: `ei saanud kohale toimetada | ei onnestunud kohale toimetada | ei toimetatud kohale | kohaletoimetamine ebaonnestus`,
  Turkish: `
    teslim edilemiyor | teslim edilmedi | teslim edilememistir | iletilemedi | iletilememistir | gonderilemedi | ulastirilamadi | teslimat basarisiz |
    tarafindan reddedildi | ulasmadi`,
  Russian: `
    не было доставлено | не доставлено | не удается доставить | не может быть доставлен | не могло быть доставлено | не был доставлен |
    доставить не удалось | доставка невозможна | ошибка доставки | ошибка при доставке | не смог доставить | было отклонено | сообщение отклонено |
    не удалось отправить |
    сбой доставки`,
  Ukrainian: `не вдається доставити | неможливо доставити | не доставлено | не може бути доставлен | помилка доставки | було відхилено | не вдалося надіслати`,
  Bulgarian: `не беше доставено | не е доставено | не може да бъде доставено | неуспешна доставка | не успяхме да доставим | беше отхвърлено |
    групи е неуспешна`,
  Macedonian: `не може да се испорача | не беше испорачана`,
  Greek: `
    δεν παραδοθηκε | δεν ειναι δυνατη η παραδοση | δεν μπορει να παραδοθει | δεν μπορεσε να παραδοθει | απετυχε η παραδοση | η παραδοση απετυχε |
    αδυναμια παραδοσης | απορριφθηκε`,
  Hebrew: `לא ניתן למסור | לא נמסרה | לא הצלחנו למסור | המסירה נכשלה | מסירה נכשלה | ההודעה נדחתה | לא הגיעה ליעדה`,
  Arabic: `لم يتم تسليم | فشل تسليم | فشل التسليم | لا يمكن تسليم | لم نتمكن من تسليم | تم رفض | لم تصل رسالتك | تعذر إرسال`,
  Persian: `تحویل داده نشد | قابل تحویل نیست | ارسال نشد | تحویل ناموفق`,
  Hindi: `डिलीवर नहीं | वितरण विफल | पहुंचाया नहीं | नहीं भेजा जा सका`,
  Thai: `ไม่ได้ส่ง | ส่งไม่สำเร็จ | การส่งล้มเหลว | ไม่ถูกส่ง | ถูกปฏิเสธ`,
  Vietnamese: `khong the chuyen | khong duoc gui | khong gui duoc | chua duoc gui den | gui khong thanh cong | gui that bai | da bi tu choi`,
  'Indonesian, Malay': `tidak terkirim | gagal terkirim | gagal dikirim | gagal mengirim | pengiriman gagal | tidak dapat dihantar | gagal dihantar | ditolak oleh`,
  Japanese: `
    配信できませんでした | 配信されませんでした | 配送できませんでした | 送信できませんでした | 送信に失敗 | 配信に失敗 | 送信されませんでした | 届けることができません | お届けすることができません | 届きませんでした | 受信を拒否 | 宛先が見つかりません |
    宛先不明 | 宛先アドレスが | 受信者が見つかりません | 以下のアドレスへ | 以下の宛先 | 下記の宛先 | 下記のアドレス |
    配信が失敗`,
  Chinese: `无法送达 | 无法传递 | 无法传送 | 无法发送 | 未能送达 | 未送达 | 未能发送 | 未能投递 | 发送失败 | 投递失败 | 传递失败 | 被退回 | 退信原因 | 退信 | 收件人不存在 | 地址不存在 | 拒收 |
    未能向以下收件人`,
  'Chinese (Taiwan)': `無法送達 | 無法傳遞 | 無法投遞 | 無法寄達 | 無法寄送 | 未能送達 | 傳送失敗 | 投遞失敗 | 傳遞失敗 | 被退回 | 退信 | 拒收 | 不存在 |
    或群組失敗`,
  Korean: `배달되지 않았 | 배달할 수 없 | 전송되지 않았 | 전송하지 못했 | 전송할 수 없 | 전송에 실패 | 발송되지 않았 | 발송에 실패 | 보낼 수 없 | 반송되었 | 수신이 거부 | 수신자를 찾을 수 없 | 존재하지 않는`,
  Catalan: `no s'ha pogut lliurar | no es pot lliurar | no s'ha lliurat`,
});
