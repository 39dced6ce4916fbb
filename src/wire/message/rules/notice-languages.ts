// Notices of filters and challenges in the languages of their readers: what was found in the message that its reader has sent, and what he is asked to prove.
import { inLanguages } from '../phrases.ts';

/** A virus or a file that may hold one was found. */
export const virusNotices = inLanguages('virus-notice' as const, {
  English: `
    virus in a message you sent | virus in an email message you sent | virus in the message that you sent | virus in the message you sent | virus in your mail | virus in your message | virus in an email you sent | virus in an e-mail you sent | virus found in your |
    virus was found in your | virus was found in a message | virus was detected in your | virus was detected in a message |
    virus has been detected in | virus has been found in | virus detected in message | infected message you sent | infected file was found |
    infected attachment | message you sent contains a virus | message you sent may contain a virus | email you sent contained a virus |
    email you sent contains a virus | e-mail you sent contained a virus | e-mail you sent contains a virus | mail you sent contained a virus |
    mail you sent contains a virus | mail you sent was infected | you have sent a virus | you have sent an infected | you sent an infected |
    your computer may be infected | your message was infected | your message is infected | your mail was infected | your email was infected |
    your email is infected | message was infected with | malware found in | malware was detected in your | malware was found in your |
    attachment was removed from your message | attachment you sent was removed | attachment was blocked | banned file name | banned attachment |
    prohibited attachment | dangerous attachment | unsafe attachment`,
  German: `
    virus in ihrer nachricht | virus in ihrer mail | virus in ihrer e-mail | virus in einer von ihnen | viruswarnung | virusalarm | viren gefunden |
    virus entdeckt | virus erkannt | virus festgestellt | enthielt einen virus | enthielt ein virus | enthalt einen virus | enthalt ein virus |
    virenbefall | schadsoftware in ihrer | schadsoftware gefunden | gefahrlicher anhang | unerlaubter anhang`,
  French: `
    virus detecte | un virus a ete | contenait un virus | contient un virus | message infecte | piece jointe infectee | piece jointe dangereuse |
    piece jointe interdite | logiciel malveillant`,
  Spanish: `
    virus detectado | se ha detectado un virus | se detecto un virus | se ha encontrado un virus | contenia un virus | contiene un virus |
    mensaje infectado | correo infectado | archivo adjunto infectado | archivo adjunto peligroso`,
  Portuguese: `
    virus detectado | virus foi detectado | virus foi encontrado | continha um virus | contem um virus | mensagem infectada | e-mail infectado |
    anexo infectado | anexo perigoso`,
  Italian: `
    virus individuato | virus trovato | e stato rilevato un virus | e stato trovato un virus | conteneva un virus | contiene un virus |
    messaggio infetto | allegato infetto | allegato pericoloso`,
  Dutch: `
    virus gevonden | virus gedetecteerd | virus aangetroffen | bevatte een virus | bevat een virus | viruswaarschuwing | besmet bericht |
    besmette bijlage | gevaarlijke bijlage`,
  Swedish: `
    virus hittades | virus har hittats | virus upptacktes | innehöll ett virus | inneholl ett virus | innehaller ett virus | infekterat meddelande |
    farlig bilaga`,
  'Danish, Norwegian': `
    virus fundet | virus funnet | virus blev fundet | virus ble funnet | virus er fundet | indeholdt en virus | indeholder en virus |
    inneholdt et virus | inneholder et virus`,
  Finnish: `virus loytyi | viestista loytyi virus | sisalsi viruksen | sisaltaa viruksen | virusvaroitus | viestisi sisalsi viruksen | saastunut liite`,
  Polish: `
    wykryto wirusa | znaleziono wirusa | zawiera wirusa | zawierala wirusa | zostala zainfekowana | ostrzezenie o wirusie | alarm wirusowy |
    zainfekowany zalacznik`,
  'Czech, Slovak': `
    byl nalezen virus | nalezen virus | obsahovala virus | obsahuje virus | virove varovani | varovani pred virem | infikovana zprava | najdeny virus |
    bol najdeny virus | infikovana sprava`,
  Hungarian: `virust talalt | virust talaltunk | virust tartalmaz | virust tartalmazott | virusriasztas | fertozott uzenet | fertozott level`,
  Romanian: `virus detectat | virus gasit | a fost detectat un virus | a fost gasit un virus | contine un virus | continea un virus | mesaj infectat`,
  Turkish: `virus bulundu | virus tespit edildi | virus iceriyor | virus iceriyordu | virus uyarisi | viruslu ileti | viruslu e-posta`,
  Russian: `
    найден вирус | наиден вирус | вирус обнаружен | обнаружен вирус | содержит вирус | содержало вирус | содержал вирус | заражено вирусом |
    предупреждение о вирусе | зараженное письмо`,
  Ukrainian: `знайдено вірус | виявлено вірус | містить вірус | містив вірус | заражено вірусом | попередження про вірус`,
  Bulgarian: `открит е вирус | намерен е вирус | съдържа вирус | съдържаше вирус | заразено с вирус`,
  Greek: `εντοπιστηκε ιος | βρεθηκε ιος | περιειχε ιο | περιεχει ιο | προειδοποιηση για ιο | μολυσμενο μηνυμα`,
  Hebrew: `נמצא וירוס | זוהה וירוס | התגלה וירוס | מכילה וירוס | הכילה וירוס | התראת וירוס`,
  Arabic: `تم اكتشاف فيروس | تم العثور على فيروس | تحتوي على فيروس | يحتوي على فيروس | تحذير من فيروس`,
  Japanese: `ウイルスが検出 | ウイルスを検出 | ウィルスが検出 | ウィルスを検出 | ウイルスが発見 | ウイルス警告 | ウイルス検知 | ウイルス検出`,
  Chinese: `发现病毒 | 检测到病毒 | 包含病毒 | 含有病毒 | 病毒警告 | 病毒警报`,
  'Chinese (Taiwan)': `發現病毒 | 偵測到病毒 | 包含病毒 | 含有病毒 | 病毒警告 | 病毒通知`,
  Korean: `바이러스가 발견 | 바이러스 발견 | 바이러스가 검출 | 바이러스가 포함 | 바이러스 경고`,
  Vietnamese: `phat hien virus | phat hien vi-rut | chua virus | chua vi-rut | canh bao virus`,
  Indonesian: `virus ditemukan | virus terdeteksi | mengandung virus | peringatan virus`,
});

/** A link was found that leads to no good. */
export const linkNotices = inLanguages('spam-notice' as const, {
  English: `
    contains a blocked link | contains a malicious link | contains a bad link | contains a dangerous link | contains an unsafe link |
    contained a malicious link | contained a malicious url | contains a malicious url | contained a dangerous link | contained an unsafe link |
    contained a blocked link | contains a blocked url | links to a blocked site | link in your message was blocked | link in the message you sent |
    url in your message is listed`,
  German: `enthalt einen gefahrlichen link | enthielt einen gefahrlichen link | enthalt einen schadlichen link`,
  French: `contient un lien dangereux | contenait un lien malveillant | contient un lien malveillant`,
  Spanish: `contiene un enlace malicioso | contiene un enlace peligroso`,
  Portuguese: `contem um link malicioso | contem um link perigoso`,
  Italian: `contiene un link pericoloso | contiene un link dannoso`,
  Dutch: `bevat een gevaarlijke link | bevat een schadelijke link`,
  Swedish: `innehaller en skadlig lank | innehaller en farlig lank`,
  'Danish, Norwegian': `indeholder et skadeligt link | inneholder en skadelig lenke`,
  Finnish: `sisaltaa haitallisen linkin | sisalsi haitallisen linkin`,
  Polish: `zawiera niebezpieczny odnosnik | zawiera zlosliwy link | zawiera niebezpieczny link`,
  'Czech, Slovak': `obsahuje nebezpecny odkaz | obsahuje skodlivy odkaz`,
  Hungarian: `veszelyes hivatkozast tartalmaz | karos hivatkozast tartalmaz`,
  Romanian: `contine un link periculos`,
  Turkish: `tehlikeli bir baglanti iceriyor | zararli baglanti`,
  Russian: `содержит опасную ссылку | содержит вредоносную ссылку`,
  Ukrainian: `містить небезпечне посилання`,
  Bulgarian: `съдържа опасна връзка`,
  Greek: `περιεχει επικινδυνο συνδεσμο`,
  Hebrew: `מכילה קישור מסוכן`,
  Arabic: `رابط خطير | رابط ضار`,
  Japanese: `危険なリンクが含まれ | 不正なリンクが含まれ`,
  Chinese: `含有恶意链接 | 包含恶意链接 | 含有危险链接`,
  'Chinese (Taiwan)': `含有惡意連結 | 包含惡意連結`,
  Korean: `악성 링크가 포함 | 위험한 링크`,
  Vietnamese: `lien ket nguy hiem`,
  Indonesian: `tautan berbahaya`,
});

/** It was taken for spam, or kept for another reason. */
export const spamNotices = inLanguages('spam-notice' as const, {
  English: `
    your message was considered spam | your message was considered to be spam | your email was considered spam | your e-mail was considered spam |
    your mail was considered spam | your message was classified as spam | your email was classified as spam | your e-mail was classified as spam |
    your email has been classified as spam | your message was flagged as spam | your message has been flagged as spam |
    your email was flagged as spam | your email has been flagged as spam | your message was marked as spam | your message was tagged as spam |
    your message was detected as spam | your message was recognized as spam | your message looked like spam | your message appears to be spam |
    your email appears to be spam | your message was blocked as spam | your e-mail was identified as spam | message you sent appears to be spam |
    message you sent was classified as spam | message you sent has been classified as spam | message you sent looks like spam |
    email you sent was identified as spam | email you sent was classified as spam | email you sent was considered |
    e-mail you sent was identified as spam | your message was quarantined | your email was quarantined | your email has been quarantined |
    your e-mail was quarantined | your e-mail has been quarantined | message you sent was quarantined | message you sent has been quarantined |
    message you sent has been blocked | email you sent was quarantined | email you sent was blocked | email you sent has been blocked |
    your message was blocked by our | your email was blocked by our | your email has been blocked by | held as suspected spam |
    message you sent blocked by our bulk | unsolicited bulk email from you | considered unsolicited bulk email`,
  German: `
    als spam eingestuft | als spam erkannt | als spam klassifiziert | als spam identifiziert | als unerwunschte werbung eingestuft |
    als spam markiert | fur spam gehalten | ihre nachricht wurde in quarantane | ihre e-mail wurde in quarantane | in die quarantane verschoben |
    unter quarantane gestellt | ihre nachricht wurde blockiert | ihre e-mail wurde blockiert`,
  French: `
    considere comme spam | considere comme du spam | considere comme indesirable | identifie comme spam | identifie comme du spam | classe comme spam |
    classe comme indesirable | comme courrier indesirable | mis en quarantaine | place en quarantaine | placee en quarantaine |
    votre message a ete bloque`,
  Spanish: `
    considerado como spam | considerado spam | identificado como spam | clasificado como spam | clasificado como correo no deseado |
    considerado correo no deseado | detectado como spam | puesto en cuarentena | su mensaje ha sido bloqueado | su correo ha sido bloqueado`,
  Portuguese: `
    considerada spam | considerada como spam | considerado spam | identificada como spam | identificado como spam | classificada como spam |
    classificado como spam | colocada em quarentena | sua mensagem foi bloqueada`,
  Italian: `
    considerato spam | considerato come spam | identificato come spam | classificato come spam | classificato come posta indesiderata |
    messo in quarantena | posto in quarantena | il suo messaggio e stato bloccato | il tuo messaggio e stato bloccato`,
  Dutch: `
    als spam aangemerkt | als spam beschouwd | als spam herkend | als spam gemarkeerd | als spam geclassificeerd | in quarantaine geplaatst |
    uw bericht is geblokkeerd`,
  Swedish: `
    klassats som skrappost | klassificerats som skrappost | identifierats som skrappost | klassats som spam | klassificerats som spam |
    satts i karantan | ditt meddelande har blockerats`,
  'Danish, Norwegian': `
    klassificeret som spam | identificeret som spam | klassifisert som spam | identifisert som spam | klassifisert som soppelpost | sat i karantæne |
    sat i karantaene | satt i karantene | din meddelelse er blevet blokeret`,
  Finnish: `
    luokiteltu roskapostiksi | tunnistettu roskapostiksi | luokiteltiin roskapostiksi | katsottu roskapostiksi | asetettu karanteeniin |
    siirretty karanteeniin | on estetty roskapostina`,
  Polish: `
    uznana za spam | uznany za spam | sklasyfikowana jako spam | zidentyfikowana jako spam | oznaczona jako spam | umieszczona w kwarantannie |
    trafila do kwarantanny | zostala zablokowana jako`,
  'Czech, Slovak': `
    oznacena jako spam | vyhodnocena jako spam | povazovana za spam | klasifikovana jako spam | oznacena ako spam | vyhodnotena ako spam |
    umistena do karanteny | presunuta do karanteny | umiestnena do karanteny`,
  Hungarian: `
    spamnek minosult | spamnek minositette | kereletlen levelnek minosult | levelszemetnek minosult | spamkent azonositott | karantenba kerult |
    karantenba helyez`,
  Romanian: `
    considerat spam | identificat ca spam | clasificat ca spam | marcat ca spam | pus in carantina | plasat in carantina |
    mesajul dumneavoastra a fost blocat`,
  Turkish: `spam olarak | istenmeyen posta olarak | istenmeyen e-posta olarak | karantinaya alindi | karantinaya alinmistir`,
  Russian: `
    признано спамом | распознано как спам | определено как спам | классифицировано как спам | помечено как спам | расценено как спам |
    помещено в карантин | ваше письмо заблокировано | ваше сообщение заблокировано`,
  Ukrainian: `визнано спамом | розпізнано як спам | класифіковано як спам | позначено як спам | поміщено в карантин | поміщено до карантину`,
  Bulgarian: `определено като спам | разпознато като спам | класифицирано като спам | маркирано като спам | поставено под карантина`,
  Greek: `
    θεωρηθηκε ανεπιθυμητο | χαρακτηριστηκε ως ανεπιθυμητ | χαρακτηριστηκε ως spam | αναγνωριστηκε ως spam | τεθηκε σε καραντινα |
    τοποθετηθηκε σε καραντινα`,
  Hebrew: `סווגה כדואר זבל | זוהתה כדואר זבל | זוהתה כספאם | סווגה כספאם | הועברה להסגר | נחסמה כדואר`,
  Arabic: `تم تصنيف رسالتك | كرسالة غير مرغوب | كبريد عشوائي | كبريد غير مرغوب | كرسائل غير مرغوب | في الحجر الصحي | تم حظر رسالتك`,
  Japanese: `スパムと判定 | スパムと判断 | スパムとして | 迷惑メールと判定 | 迷惑メールと判断 | 迷惑メールとして | 隔離されました | 隔離しました | 送信メールがブロック`,
  Chinese: `被识别为垃圾邮件 | 被判定为垃圾邮件 | 被认定为垃圾邮件 | 被视为垃圾邮件 | 判为垃圾邮件 | 已被隔离 | 被隔离 | 您的邮件被拦截 | 您的邮件已被拦截`,
  'Chinese (Taiwan)': `被判定為垃圾郵件 | 被視為垃圾郵件 | 被識別為垃圾郵件 | 被認定為垃圾郵件 | 判定為廣告信 | 已被隔離 | 遭到隔離 | 您的郵件已被攔截`,
  Korean: `스팸으로 분류 | 스팸으로 판정 | 스팸으로 판단 | 스팸메일로 분류 | 스팸으로 차단 | 격리되었습니다 | 격리 조치`,
  Vietnamese: `bi coi la thu rac | duoc xac dinh la thu rac | bi danh dau la thu rac | bi cach ly | da bi cach ly`,
  Indonesian: `dianggap sebagai spam | teridentifikasi sebagai spam | ditandai sebagai spam | diklasifikasikan sebagai spam | dikarantina`,
});

/** The sender is asked to prove that he is a person, or to ask for admission. */
export const challengeWordings = inLanguages(true, {
  English: `
    confirm that you are a real person | confirm you are a human | confirm you are human | confirm that you are human | prove you are human |
    prove that you are human | prove that you are a person | prove you are a real person | verify that you are human | verify you are human |
    verify that you are a person | verify you are not a spammer | verify that you are not a robot | confirm that you sent this |
    confirm that you sent the message | confirm that you have sent | confirm the delivery of your message | confirm your identity as sender |
    confirm sender address | your message is waiting for confirmation | your message is awaiting confirmation | your message awaits confirmation |
    your message has been held pending | your email has been held pending | your message is on hold until | your message will be held until |
    your message will not be delivered until | your email will not be delivered until | your mail will not be delivered until |
    your e-mail will not be delivered until | has not been delivered because you are not | you are not on my list of | you are not in my list of |
    you are not on the list of approved | request to be added to my | request to be added to the | be allowed to send me mail |
    add you to my allowed senders | add you to my list of | to be added to my approved | add yourself to my | challenge/response`,
  German: `
    bestatigen sie ihre nachricht | bestatigen sie ihre e-mail | bestatigen sie ihre mail | bestatigen sie den versand |
    bestatigen sie bitte, dass sie | bestatigen sie, dass sie ein mensch | kein spammer sind | liste der erlaubten absender |
    liste der zugelassenen absender | in die whitelist aufgenommen`,
  French: `
    confirmez votre message | confirmer votre message | confirmer l'envoi de votre | confirmez l'envoi de votre | confirmer que vous etes |
    confirmez que vous etes | prouver que vous etes | n'etes pas un spammeur | n'etes pas un robot | liste des expediteurs autorises`,
  Spanish: `
    confirmar su mensaje | confirme su mensaje | confirme el envio de | confirmar el envio de | confirme que es una persona |
    confirmar que es una persona | demuestre que es | no es un spammer | no es un robot | lista de remitentes autorizados | autorizar remitente`,
  Portuguese: `
    confirme seu e-mail | confirme sua mensagem | confirme o envio | confirmar o envio de | confirme que voce e | prove que voce | nao e um spammer |
    nao e um robo | lista de remetentes autorizados | lista de remetentes confiaveis`,
  Italian: `
    confermi il messaggio | conferma il messaggio | confermare il messaggio | confermare l'invio del | confermi l'invio |
    confermi di essere una persona | confermare di essere | non e uno spammer | non e un robot | lista dei mittenti autorizzati |
    elenco dei mittenti autorizzati`,
  Dutch: `
    bevestig uw bericht | bevestig uw e-mail | bevestig dat u een mens | bevestigen dat u een mens | bevestigt u dat u | geen spammer bent |
    lijst met toegestane afzenders | lijst van goedgekeurde afzenders`,
  Swedish: `
    bekrafta ditt meddelande | bekrafta ditt mail | bekrafta att du ar en manniska | bekrafta att du ar en person | inte ar en spammare |
    lista over godkanda avsandare`,
  'Danish, Norwegian': `
    bekræft din besked | bekraeft din besked | bekreft meldingen din | bekræft at du er | bekreft at du er | ikke er en spammer |
    liste over godkendte afsendere | liste over godkjente avsendere`,
  Finnish: `
    vahvista viestisi | vahvista etta olet ihminen | vahvista olevasi ihminen | et ole roskapostittaja | viestisi odottaa vahvistusta |
    hyvaksyttyjen lahettajien`,
  Polish: `
    potwierdz wyslanie wiadomosci | potwierdz wiadomosc | potwierdz, ze jestes | potwierdzic, ze jestes | nie jestes spamerem | nie jestes robotem |
    wiadomosc oczekuje na potwierdzenie | liste zaufanych nadawcow`,
  'Czech, Slovak': `
    potvrdte odeslani zpravy | potvrdte svou zpravu | potvrdte, ze jste clovek | potvrdte, ze nejste | potvrdte odoslanie spravy |
    potvrdte, ze ste clovek | zprava ceka na potvrzeni | sprava caka na potvrdenie | seznam povolenych odesilatelu | zoznam povolenych odosielatelov`,
  Hungarian: `erositse meg az uzenet | erositse meg levele | erositse meg, hogy on | nem spammer | az uzenete megerositesre var | engedelyezett feladok`,
  Romanian: `confirmati mesajul | confirmati trimiterea | confirmati ca sunteti | nu sunteti spammer | mesajul asteapta confirmarea | lista expeditorilor`,
  Turkish: `
    iletinizi onaylayin | e-postanizi onaylayin | gonderdiginizi onaylayin | insan oldugunuzu | spam gondermediginizi | iletiniz onay bekliyor |
    onayli gonderenler listesi`,
  Russian: `
    подтвердите отправку | подтвердите ваше письмо | подтвердите, что вы | вы не спамер | вы не робот | вы не являетесь спамером |
    письмо ожидает подтверждения | сообщение ожидает подтверждения | список разрешенных отправителей`,
  Ukrainian: `
    підтвердіть надсилання | підтвердьте надсилання | підтвердіть, що ви | підтвердьте, що ви | ви не спамер | лист очікує підтвердження |
    список дозволених відправників`,
  Bulgarian: `потвърдете изпращането | потвърдете, че сте | не сте спамер | съобщението ви очаква потвърждение | списък с разрешени податели`,
  Greek: `
    επιβεβαιωστε την αποστολη | επιβεβαιωστε το μηνυμα | επιβεβαιωστε οτι ειστε | δεν ειστε spammer | το μηνυμα σας αναμενει επιβεβαιωση |
    λιστα εγκεκριμενων αποστολεων`,
  Hebrew: `אשר את שליחת ההודעה | אנא אשר את ההודעה | אשר שאתה אדם | שאינך שולח דואר זבל | ההודעה שלך ממתינה לאישור | רשימת השולחים המורשים`,
  Arabic: `تأكيد إرسال رسالتك | تأكيد رسالتك | تأكيد أنك شخص | أنك لست روبوت | رسالتك في انتظار التأكيد | قائمة المرسلين المسموح`,
  Japanese: `送信者の確認 | 送信者確認 | メールの送信を確認 | 送信の確認をお願い | 人間であることを確認`,
  Chinese: `确认您的邮件 | 确认您是真人 | 确认您不是垃圾邮件 | 发件人确认 | 您的邮件正在等待确认`,
  'Chinese (Taiwan)': `確認您的郵件 | 確認您是真人 | 確認您不是垃圾郵件 | 您的郵件正在等待確認`,
  Korean: `발신자 확인 | 사람임을 확인 | 스팸 발송자가 아님 | 메일이 확인을 기다리고 | 허용된 발신자`,
});

/** Where a text asks its reader to do something; a name of a service alone is no question. */
export const requests = inLanguages(true, {
  English: `click | confirm | verify | reply to this | register | request form | link below | following link | approve | authenticat | enter the`,
  German: `klicken | bestatig | antworten sie auf | verifizier | folgenden link`,
  French: `clique | finaliser l'envoi | confirm | repond | lien suivant | authentifi | verifi`,
  'Spanish, Portuguese, Italian': `clic | confirm | respond | enlace | autoriz | verifi | rispond | collegamento | link abaixo | siguiente`,
  Dutch: `klik | bevestig | beantwoord`,
  'Swedish, Danish, Norwegian': `klicka | klik | klikk | bekraft | bekræft | bekreft | svara | svar pa`,
  Finnish: `napsauta | vahvista | vastaa`,
  Polish: `kliknij | potwierdz | odpowiedz na`,
  'Czech, Slovak': `klikn | potvrd | odpove`,
  Hungarian: `kattint | erositse | valaszol`,
  Romanian: `apasati | clic | confirmati | raspunde`,
  Turkish: `tikla | onayla | dogrula | yanitla`,
  'Russian, Ukrainian, Bulgarian': `нажмите | перейдите | подтверд | ответьте | натисніть | перейдіть | підтверд | щракнете | потвърд`,
  Greek: `κλικ | επιβεβαι | απαντησ`,
  Hebrew: `לחץ | אשר | השב`,
  Arabic: `انقر | تأكيد | اضغط`,
  Japanese: `クリック | 確認 | 返信 | 承認`,
  Chinese: `点击 | 點擊 | 點選 | 确认 | 確認 | 回复 | 回覆 | 验证 | 驗證`,
  Korean: `클릭 | 확인 | 회신 | 인증`,
});
