// With what subjects automatic answers begin, by language: what Outlook, Exchange, Gmail, Notes, GroupWise and web mail write by themselves, and what people type there.
import { fold, inLanguages, PhraseTable } from '../phrases.ts';
import { newAddressSubjects } from './new-address.ts';

/** Shorter wordings may be part of what people write about; characters, and half as many where a character is a word. */
const shortestMark = 10;

/** Words of a program: they say it wherever they stand in a subject, as in `Yahoo! Auto Response`. */
const anywhere = inLanguages(true, {
  'Exchange, Outlook, English': `automatic reply | automatic response | out of office | out of the office | out-of-office | out-of-the-office`,
  English: `
    auto reply | auto-reply | autoreply | auto response | auto-response | auto respond | auto-respond | autorespon | auto answer | auto-answer |
    automated reply | automated response | automated answer | automated e-mail reply | automated email reply | automatic answer |
    automatic email reply | automatically generated reply | away from the office | away from office | absent from the office | not in the office |
    vacation reply | vacation response | vacation respon | vacation autoreply | vacation message | vacation notice | vacation notification |
    vacation auto | holiday autoreply`,
  'Lotus Notes, GroupWise': `is out of the office | will be out of the office | (out of office`,
  German: `
    automatische antwort | automatische abwesenheit | automatische ruckantwort | automatisch erstellte antwort | autoantwort | autom. antwort |
    auto-antwort | nicht im buro`,
  French: `reponse automatique | reponse auto`,
  Spanish: `
    respuesta automatica | auto respuesta | autorespuesta | contestacion automatica | fuera de la oficina | fuera de oficina | fuera de mi oficina |
    fuera del despacho`,
  Portuguese: `resposta automatica | auto resposta | autoresposta | auto-resposta | fora do escritorio | ausencia do escritorio | ausente do escritorio`,
  Italian: `risposta automatica | risposta auto | risponditore automatico | fuori sede | fuori ufficio | fuori dall'ufficio | assente dall'ufficio`,
  Dutch: `automatisch antwoord | automatische reactie | automatische beantwoording | niet op kantoor | buiten kantoor`,
  'Swedish, Danish, Norwegian': `autosvar | automatisk svar | automatiskt svar | auto-svar`,
  Swedish: `franvaro | ej pa kontoret | inte pa kontoret | ar inte pa kontoret | jag ar inte pa kontoret`,
  'Danish, Norwegian': `ikke pa kontoret | jeg er ikke pa kontoret | autobesvarelse`,
  Finnish: `automaattinen vastaus | automaattivastaus | automaattinen poissaolo | en ole toimistolla`,
  Polish: `
    automatyczna odpowiedz | odpowiedz automatyczna | odpowiedz z autorespondera | autoodpowiedz | auto-odpowiedz | poza biurem |
    zawiadomienie o nieobecnosci | jestem poza biurem`,
  'Czech, Slovak': `automaticka odpoved | odpoved automaticka | mimo kancelar`,
  Hungarian: `automatikus valasz | hazon kivul | irodan kivul`,
  Romanian: `raspuns automat | absent de la birou | in afara biroului | plecat din birou | lipsesc din birou`,
  'Croatian, Serbian': `automatski odgovor | izvan ureda | van kancelarije`,
  Slovenian: `samodejni odgovor | avtomatski odgovor | avtomaticni odgovor`,
  Latvian: `automatiska atbilde | arpus biroja`,
  Lithuanian: `automatinis atsakymas | automatinis atsakiklis | nesu biure | ne biure`,
  Estonian: `automaatvastus | automaatne vastus | kontorist valjas | kontorist eemal`,
  Turkish: `otomatik yanit | otomatik cevap | ofis disinda | ofis disi`,
  Russian: `автоответ | авто-ответ | автоматический ответ | автоматическии ответ | ответ автоматически | вне офиса | отсутствие в офисе | нет в офисе`,
  Ukrainian: `автоматична відповідь | автовідповідь | автовідповідач`,
  Bulgarian: `автоматичен отговор | извън офиса`,
  Macedonian: `автоматски одговор`,
  Greek: `αυτοματη απαντηση | αυτοματοποιημενη απαντηση | εκτος γραφειου`,
  Hebrew: `תשובה אוטומטית | מענה אוטומטי | לא במשרד | מחוץ למשרד | אינני במשרד`,
  Arabic: `رد تلقائي | الرد التلقائي | رد آلي | الرد الآلي | خارج المكتب | خارج مكتب`,
  Persian: `پاسخ خودکار | خارج از دفتر`,
  Hindi: `स्वचालित उत्तर | स्वतः उत्तर | स्वत: उत्तर | स्वचालित जवाब | कार्यालय से बाहर`,
  Thai: `ตอบกลับอัตโนมัติ | การตอบกลับอัตโนมัติ | ข้อความตอบกลับอัตโนมัติ | ตอบรับอัตโนมัติ | ไม่อยู่ที่สำนักงาน | ไม่อยู่ในสำนักงาน`,
  Vietnamese: `tra loi tu dong | thu tra loi tu dong | phan hoi tu dong | hoi am tu dong | khong co mat tai van phong`,
  'Indonesian, Malay': `
    balasan otomatis | jawaban otomatis | respon otomatis | balas otomatis | balasan automatik | jawapan automatik | di luar kantor | di luar pejabat |
    tidak di kantor`,
  Japanese: `自動返信 | 自動応答 | 自動回答`,
  Chinese: `外出自动 | 我不在办公室 | 自动回复 | 自动答复 | 自动应答 | 自动回覆 | 不在办公室 | 离开办公室`,
  'Chinese (Taiwan)': `自動回覆 | 自動回復 | 自動答覆 | 不在辦公室 | 離開辦公室`,
  Korean: `부재중 자동 | 자동 회신 | 자동회신 | 자동 응답 | 자동응답 | 자동 답장`,
  'Portuguese, Catalan, Galician': `resposta automatica`,
  Catalan: `fora de l'oficina`,
  Basque: `erantzun automatikoa | bulegotik kanpo`,
  Welsh: `ymateb awtomatig | allan o'r swyddfa`,
  Icelandic: `sjalfvirkt svar`,
  Albanian: `pergjigje automatike | jashte zyres`,
  Afrikaans: `outomatiese antwoord | buite kantoor`,
  Kazakh: `автоматты жауап`,
});

/** Words that people use of themselves and of others: they count where the subject begins. */
const atStart = inLanguages(true, {
  English: `
    ooo: | ooo - | vacation: | on holiday: | away: | absent: | autore: | auto re: | auto-re: | ooo re: | ooto | oof: | o.o.o | away message | away notice | away from my desk | away on business | away on leave | away till |
    away until | absence notice | not at my desk | on vacation | holiday notice | on annual leave | on maternity leave | on parental leave |
    on sick leave | on sabbatical | on leave | on holiday | i am away | i'm away | i am out of | i'm out of | i am on leave | i am on vacation |
    i'm on vacation | i am currently out | i am currently away | i will be out of | i'll be out of | i will be away`,
  German: `
    abwesenheit | abwesend | nicht im hause | nicht am arbeitsplatz | ausser haus | bin ausser haus | ich bin abwesend | ich bin im urlaub |
    ich bin nicht im | in elternzeit | urlaubsbedingt | urlaubsnotiz | urlaubsvertretung | urlaubsabwesenheit`,
  French: `
    absence du bureau | absent du bureau | absente du bureau | absence : | absence: | message d'absence | notification d'absence | avis d'absence |
    absence temporaire | gestionnaire d'absence | je suis absent | je suis en conge | je suis en vacances | je suis actuellement absent | en conges |
    hors du bureau`,
  Spanish: `
    ausencia | ausente | estoy de vacaciones | aviso de ausencia | cambio de correo | nueva direccion de correo | mi direccion de correo ha cambiado |
    mi nueva direccion`,
  Portuguese: `fora da empresa | ausencia temporaria | ausente da empresa | estou de ferias | aviso de ausencia`,
  Italian: `
    risposta non al computer | assente per ferie | assenza dall | assenza per | avviso di assenza | notifica assenza | notifica di assenza |
    sono in ferie | sono assente | sono fuori | nuovo indirizzo di posta | il mio nuovo indirizzo`,
  Dutch: `afwezig | niet aanwezig | ik ben afwezig | ik ben met vakantie | ik ben niet aanwezig`,
  'Swedish, Danish, Norwegian': `fravar | fraver`,
  Swedish: `franvarande | jag har semester | foraldraledig | tjanstledig`,
  'Danish, Norwegian': `ikke til stede | fravaer | fravær`,
  Danish: `jeg har ferie | jeg holder ferie | ferielukket`,
  Norwegian: `jeg har ferie | pa ferie | fravaersmelding | fraværsmelding`,
  Finnish: `poissa | poissaolo | olen poissa | olen lomalla | uusi sahkopostiosoite | sahkopostiosoitteeni on muuttunut | sahkopostiosoite on muuttunut`,
  Polish: `poza firma | nieobecn | urlop: | jestem na urlopie`,
  'Czech, Slovak': `nepritomnost | nepritomen | nepritomny | nepritomna`,
  Czech: `mimo pracoviste | jsem na dovolene`,
  Slovak: `mimo pracoviska | som na dovolenke`,
  Hungarian: `tavollet | tavol vagyok | szabadsag miatt`,
  Romanian: `sunt in concediu`,
  'Croatian, Serbian': `odsutan | odsutnost`,
  Serbian: `аутоматски одговор | ван канцеларије`,
  Slovenian: `odsotnost | odsoten | odsotna`,
  Latvian: `prombutne | esmu prombutne`,
  Lithuanian: `nesu darbe | atostogauju`,
  Estonian: `olen puhkusel`,
  Turkish: `is yeri disinda | isyeri disinda | izindeyim | yillik izin | tatildeyim`,
  Russian: `отсутствие на рабочем месте | отсутствую | нет на месте | нет на рабочем месте | меня нет | я в отпуске | нахожусь в отпуске`,
  Ukrainian: `поза офісом | не в офісі | відсутній на робочому | я у відпустці`,
  Belarusian: `аўтаматычны адказ`,
  Bulgarian: `отсъствам | отсъствие | промяна на имейл | смяна на имейл`,
  Macedonian: `надвор од канцеларија`,
  Greek: `απουσια | απουσιαζω | ειμαι σε αδεια`,
  Hebrew: `הודעת היעדרות | אני בחופשה`,
  Arabic: `أنا في إجازة`,
  Persian: `در مرخصی`,
  Thai: `ลาพักร้อน`,
  Vietnamese: `vang mat`,
  'Indonesian, Malay': `sedang cuti`,
  Japanese: `不在通知 | 不在のお知らせ | 不在のため | 不在にし | 不在です | 不在応答 | 不在メール | 不在: | 不在： | 休暇中 | 休暇のため | 外出中: | 外出中： | 長期不在 | 外出中`,
  Chinese: `外出: | 外出： | 正在休假 | 休假中`,
  Korean: `부재중: | 부재 중: | 부재중입니다 | 부재 중입니다 | 부재중 메시지 | 부재 알림 | 휴가중입니다 | 휴가 중입니다`,
  Catalan: `soc de vacances`,
  Icelandic: `fjarverandi`,
});

/** Subjects that are an automatic answer's only when nothing else stands there. Folded. */
export const bareSubjects: ReadonlySet<string> = new Set([
  'auto:',
  'auto',
  'vacation',
  'holiday',
  'away',
  'ooo',
  'oof',
  'urlaub',
  'absence',
  'absent',
  'absent:',
  'absente',
  'vacaciones',
  'ferie',
  'assente',
  'assenza',
  'semester',
  'urlop',
  'отпуск',
  '不在',
  '外出',
  '부재중',
]);

/** What subjects begin with, behind "Re:" and tags of lists. */
export const replySubjects = new PhraseTable([...anywhere, ...atStart, ...newAddressSubjects]);
/** Stems of "automatic" in the languages above; and how Notes and responders name what they send. */
const isProgram =
  /auto|avto|авто|аўто|αυτο|otomat|samodejn|sjalfvirk|vacation |\(out of office|is out of the office|will be out of the office|自動|自动|자동|אוטומט|تلقائ|آلي|خودکار|स्वच|स्वत|อัตโนมัติ|tu dong|awtomatig/;

/** What stands anywhere in a subject: people write "out of the office" of lunches. */
export const replyMarks = new PhraseTable(anywhere.filter(([phrase]) => isProgram.test(phrase) && fold(phrase).length >= shortestMark));
