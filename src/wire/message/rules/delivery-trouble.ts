// How any report speaks of delivery, whatever its exact wording: a word of trouble and a word of delivery in one sentence, by language. Weaker than
// a known wording, so it counts only for a program's letter that has the other marks of a report too; it is what catches the programs nobody has shown us.
import { fold } from '../phrases.ts';
import type { Outcome } from './non-delivery.ts';

/** Stems of one language: of failure, of delay, and of what fails or is late. */
interface Row {
  readonly language: string;
  readonly failed: string;
  readonly late: string;
  readonly delivery: string;
}

const rows: readonly Row[] = [
  {
    language: 'English',
    failed:
      "not |cannot|can't|couldn't|wasn't|weren't|isn't|doesn't|didn't|unable|fail|error|trouble|problem|impossible|undeliver|nondeliver|reject|refus|return|bounce|unknown|invalid|no such|denied|full|exceed|quota|abort|gave up|given up|giving up|discard",
    late: 'delay|postpon|defer|not yet|still trying|retry|retries|retried|keep trying',
    delivery: 'deliver|send|sent|mail|message|letter|recipient|addressee|transmit|transmission|forward|reach|arriv',
  },
  {
    language: 'German',
    failed: 'nicht|unzustell|fehler|fehlgeschlagen|unmoglich|abgelehnt|abgewiesen|zuruckgewiesen|unbekannt|verweiger',
    late: 'verzoger|verspat|weiterhin versucht|noch nicht',
    delivery: 'zustell|zugestellt|ubermittel|ausgeliefert|gesendet|versand|nachricht|empfanger|e-mail',
  },
  {
    language: 'French',
    failed: "n'a pas|n'a pu|n'ont pas|ne peut|impossible|echec|echoue|erreur|rejete|refuse|inconnu|non remis|non distribu",
    late: 'retard|differe|pas encore',
    delivery: 'remis|remettre|distribu|livr|envoye|achemin|delivr|message|courriel|courrier|destinataire',
  },
  {
    language: 'Spanish',
    failed: 'no pud|no se p|no se ha|no ha|no fue|imposible|error|fallo|fallid|rechazad|devuelt|desconocid|no existe',
    late: 'retras|demorad|aun no|todavia no',
    delivery: 'entreg|enviad|enviar|mensaje|correo|destinatario',
  },
  {
    language: 'Portuguese',
    failed: 'nao foi|nao pode|nao pud|nao sera|impossivel|erro|falha|falhou|rejeitad|recusad|devolvid|desconhecid|nao existe',
    late: 'atrasad|atraso|adiad|ainda nao',
    delivery: 'entreg|enviad|mensagem|e-mail|correio|destinatari',
  },
  {
    language: 'Italian',
    failed: 'non e stat|non puo|non sono|non ha|impossibile|errore|fallit|mancat|rifiutat|respint|sconosciut|non esiste',
    late: 'ritard|rinviat|non ancora',
    delivery: 'consegn|recapit|inviat|inoltrat|messaggio|posta|destinatari',
  },
  {
    language: 'Dutch',
    failed: 'niet|onbestelbaar|onmogelijk|fout|mislukt|geweigerd|geretourneerd|onbekend',
    late: 'vertraag|vertraging|uitgesteld|nog niet',
    delivery: 'bezorg|afgelever|aflever|verzond|bericht|ontvanger|geadresseerde',
  },
  {
    language: 'Swedish, Danish, Norwegian',
    failed: 'inte|ikke|ej |kunde inte|fel |fejl|feil|misslyck|mislyk|avvis|afvis|okand|ukendt|ukjent',
    late: 'forsen|forsink|annu inte|enna ikke|endnu ikke|fordroj',
    delivery: 'lever|skick|send|sendt|meddeland|meddelels|melding|mottagar|mottaker|modtager',
  },
  {
    language: 'Finnish',
    failed: 'ei voi|ei ole|ei onnistu|epaonnist|virhe|hylat|tuntematon',
    late: 'viivast|viel',
    delivery: 'toimit|lahet|viest|vastaanottaj',
  },
  {
    language: 'Polish',
    failed: 'nie mo|nie zo|nie uda|nie ist|niedostarcz|blad|bledu|nieznan|odrzuc|zwroc',
    late: 'opozni|jeszcze nie',
    delivery: 'dostarcz|dorecz|wysla|wiadomos|przesyl|adresat|odbiorc',
  },
  {
    language: 'Czech, Slovak',
    failed: 'neb|nem|nelz|nedoruc|nepodar|neznam|chyb|odmit|odmiet|zamiet|vracen|vraten',
    late: 'zpozd|oneskor|dosud ne|zatial ne',
    delivery: 'doruc|odesl|odosl|zprav|sprav|prijemc|adresat',
  },
  {
    language: 'Hungarian',
    failed: 'nem |sikertelen|hiba|ismeretlen|elutasit|visszakuld|kezbesithetetlen',
    late: 'kesleltet|kesik|meg nem',
    delivery: 'kezbesit|elkuld|uzenet|level|cimzett',
  },
  {
    language: 'Romanian',
    failed: 'nu a |nu au|nu poate|nu s-a|imposibil|eroare|esuat|respins|refuzat|necunoscut|nelivrat',
    late: 'intarzi|inca nu',
    delivery: 'livr|trimis|mesaj|destinatar',
  },
  {
    language: 'Turkish',
    failed: 'edilemedi|edilemiyor|iletilemedi|gonderilemedi|basarisiz|hata|reddedil|bilinmeyen|bulunamad',
    late: 'gecik|henuz',
    delivery: 'teslim|ilet|gonder|posta|mesaj|alici',
  },
  {
    language: 'Russian',
    failed: 'не мо|не бы|не уда|невозможно|недостав|ошибк|отклонен|отказ|неизвест|не существ|не наиден|возвращ',
    late: 'задерж|отложен|еще не',
    delivery: 'достав|отправ|письм|сообщен|получател|адресат',
  },
  {
    language: 'Ukrainian',
    failed: 'не мо|не бу|не вда|неможливо|недостав|помилк|відхилен|невідом|не існу|не знайд',
    late: 'затрим|відкладен|ще не',
    delivery: 'достав|надісл|лист|повідомлен|одержувач|отримувач|адресат',
  },
  {
    language: 'Bulgarian, Serbian, Macedonian',
    failed: 'не мо|не бе|не е |неуспе|невъзможно|грешк|отхвърл|непознат|неизвест|nije|ne moz|neusp|gresk|odbijen|nepoznat',
    late: 'закъсн|забав|kasn|odloz',
    delivery: 'достав|изпрат|съобщени|писмо|получател|испор|порук|isporuc|dostav|poruk|primalac|primatelj|primaoc',
  },
  {
    language: 'Croatian, Slovenian',
    failed: 'nije|ni bilo|ni mogoce|ne mog|neusp|pogres|napak|odbijen|zavrnjen|nepoznat|neznan',
    late: 'kasn|zakasn|odgod|se ni',
    delivery: 'isporuc|dostav|poslan|poruk|sporocil|primatelj|prejemnik|naslovnik',
  },
  {
    language: 'Greek',
    failed: 'δεν |αδυνατ|αποτυχ|σφαλμα|απορριφθ|αγνωστ',
    late: 'καθυστερ|ακομη δεν',
    delivery: 'παραδο|παραδω|αποστολ|σταλ|μηνυμα|παραληπτ',
  },
  {
    language: 'Baltic',
    failed: 'neizdevas|nevar|netika|kluda|noraidit|nezinam|nepavyko|negali|nebuvo|klaida|atmest|nezinom|ei onnestunud|ei saa|ei ole|torge|viga|tundmatu',
    late: 'aizkav|velav|viivi|hilin',
    delivery: 'piegad|nosut|vestul|zinojum|sanem|pristat|issiust|laisk|pranesim|gavej|toimet|saat|kiri|sonum|adressaat',
  },
  { language: 'Hebrew', failed: 'לא ניתן|לא נמסר|נכשל|שגיאה|נדחת|נדחה|אינו קיים', late: 'עיכוב|התעכב', delivery: 'מסיר|למסור|נמסר|שליח|נשלח|הודע|נמען' },
  {
    language: 'Arabic, Persian',
    failed: 'تعذر|فشل|لم يتم|لا يمكن|خطا|رفض|غير معروف|امکان پذير|ناموفق|نشد',
    late: 'تاخير|تاجيل',
    delivery: 'تسليم|ارسال|رسالة|بريد|مستلم|تحويل|پيام|گيرنده|نامه',
  },
  { language: 'Hindi', failed: 'नहीं|असफल|विफल|त्रुटि|अज्ञात', late: 'विलंब|देरी', delivery: 'वितर|डिलीवर|भेज|संदेश|मेल|प्राप्तकर्ता' },
  { language: 'Thai', failed: 'ไม่สามารถ|ไม่ได้|ไม่พบ|ล้มเหลว|ข้อผิดพลาด|ปฏิเสธ', late: 'ล่าช้า', delivery: 'ส่ง|จดหมาย|ข้อความ|ผู้รับ|อีเมล' },
  { language: 'Vietnamese', failed: 'khong|that bai|loi|tu choi|khong ton tai', late: 'tri hoan|cham', delivery: 'gui|chuyen|thu|nguoi nhan|tin nhan' },
  {
    language: 'Indonesian, Malay',
    failed: 'tidak|gagal|kesalahan|ralat|ditolak',
    late: 'tertunda|lewat|terlambat',
    delivery: 'kirim|terkirim|dihantar|sampai|pesan|mesej|penerima|surat',
  },
  {
    language: 'Japanese',
    failed: 'できません|できなかった|出来ません|失敗|エラー|見つかりません|不明|拒否|存在しない|届きません|戻されました|不能',
    late: '遅延|遅れ|再送|再試行',
    delivery: '配信|配送|送信|送達|届|メール|宛先|宛て|受信者',
  },
  {
    language: 'Chinese',
    failed: '无法|無法|未能|不能|失败|失敗|错误|錯誤|拒绝|拒絕|不存在|退回|退信|被退',
    late: '延迟|延遲|延误|稍后|重试',
    delivery: '发送|發送|投递|投遞|传递|傳遞|传送|傳送|送达|邮件|郵件|信件|收件人',
  },
  { language: 'Korean', failed: '없습니다|못했|못하|실패|오류|거부|반송|존재하지', late: '지연|재시도', delivery: '전송|배달|전달|발송|메일|메시지|수신' },
];

/** Characters between the two words, at most: a sentence's worth. */
const reach = 90;

/** Letters of folded text in scripts that write words apart. Spelt out: classes by property make patterns that take long to compile. */
const letter = '[a-z\\u00df-\\u04ff]';

/** Stems folded like the text they are looked up in; where letters make words, a stem stands at a word's beginning. */
function anyOf(stems: string): string {
  const folded = stems.split('|').map((stem) => `${fold(stem)}${stem.endsWith(' ') ? ' ' : ''}`);
  const isSpaced = /^[a-z\u0370-\u04ff]/.test(folded[0] ?? '');
  return `${isSpaced ? `(?<!${letter})` : ''}(?:${folded.join('|')})`;
}

/** Either word may come first; a full stop ends the sentence, a dot inside of an address does not. */
function together(one: string, other: string): RegExp {
  const between = String.raw`(?:[^.!?。！？]|[.!?](?=\S)){0,${reach}}?`;
  return new RegExp(`${anyOf(one)}${between}${anyOf(other)}|${anyOf(other)}${between}${anyOf(one)}`);
}

const patterns = rows.map(({ language, failed, late, delivery }) => ({ language, failed: together(failed, delivery), late: together(late, delivery) }));

/** Characters of the folded text that are looked at: a report says at its beginning what it is about. */
const beginning = 1500;

/** What the words say of delivery, and in which language; null where no sentence joins the two. Delay is looked for first: it often says "not yet". */
export function deliveryTrouble(folded: string): { readonly outcome: Outcome; readonly words: string; readonly language: string } | null {
  const text = folded.slice(0, beginning);
  for (const outcome of ['delayed', 'failed'] as const)
    for (const { language, failed, late } of patterns) {
      const hit = (outcome === 'failed' ? failed : late).exec(text);
      if (hit !== null) return { outcome, words: hit[0].slice(0, 80), language };
    }
  return null;
}
