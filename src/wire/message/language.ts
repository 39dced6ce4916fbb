// The language of a text, by its script and its commonest words. A guess for counting and for choosing an answer's language: null when unsure.

/** Scripts that tell the language, or the languages that share them and must be told apart by words. */
const scripts: readonly (readonly [pattern: RegExp, language: string])[] = [
  [/[\u3040-\u30ff]/g, 'ja'],
  [/[\uac00-\ud7a3]/g, 'ko'],
  [/[\u0e00-\u0e7f]/g, 'th'],
  [/[\u0900-\u097f]/g, 'hi'],
  [/[\u0590-\u05ff]/g, 'he'],
  [/[\u0370-\u03ff]/g, 'el'],
  [/[\u0600-\u06ff]/g, 'ar'],
  [/[\u0400-\u04ff]/g, 'ru'],
  [/[\u4e00-\u9fff]/g, 'zh'],
];

/** Letters that one language of a script has and its neighbours have not. */
const letters: Readonly<Record<string, readonly (readonly [pattern: RegExp, language: string])[]>> = {
  ru: [
    [/[іїєґ]/i, 'uk'],
    [/[љњђћџ]/i, 'sr'],
    [/ъ[а-я]|[а-я]ят\b|\bче\b|\bсе\b/i, 'bg'],
  ],
  ar: [
    [/[پچگ]/, 'fa'],
    [/[ٹڈے]/, 'ur'],
  ],
};

/** Common words that few other languages share; the one with the most hits is taken. */
const words: Readonly<Record<string, string>> = {
  en: 'the and your you not to of this was for with could has message have been',
  de: 'der die das und nicht sie ihre wurde mit eine konnte ist werden von nachricht ich bitte',
  fr: 'le la les vous votre pas une est des pour message dans nous sur avec',
  es: 'el los su no ha que para una por mensaje usted con las entregar del',
  pt: 'o os nao não uma seu sua foi para mensagem você que com em entregar',
  it: 'il di non che messaggio per una è stato della sono del si gli',
  nl: 'de het een niet van uw is bericht kon worden voor met ik zijn',
  sv: 'och inte att det är din ett kunde meddelande som på för till jag',
  da: 'og ikke det er din en kunne meddelelse til som på jeg af ved',
  no: 'og ikke det er din en kunne melding til som på jeg av ble',
  fi: 'ja ei on viesti viestiä tai olla että se sähköposti voitu',
  pl: 'nie i na do się jest wiadomość została że od dla przez',
  cs: 'není na se je zpráva nebylo možné že byla do pro vaše',
  sk: 'nie na sa je správa nebolo možné že bola do pre vaša',
  hu: 'az nem és egy hogy levél üzenet sikerült volt meg önnek',
  ro: 'și nu la este mesajul un de fost pentru dumneavoastră că',
  tr: 've bir bu için ileti mesaj değil teslim edilemedi olarak ile',
  vi: 'không của và là thư được người cho bạn này',
  id: 'tidak dan yang anda pesan dapat untuk ini dengan dari',
  lv: 'un nav ir jūsu vēstule par ar no kas lūdzu',
  lt: 'ir nėra jūsų laiškas yra kad su dėl prašome',
  et: 'ja ei on teie kiri see mis kui ole saadetud',
  hr: 'i nije je vaša poruka na da se za od nije',
  sl: 'in ni je vaše sporočilo na da se za bilo',
  ca: 'el els no vostre missatge que una per amb és del',
};

const languages = Object.keys(words);
/** By word: the languages that have it, by their place in `languages`. */
const languagesOf = new Map<string, readonly number[]>();
for (const [place, language] of languages.entries())
  for (const word of new Set(words[language]?.split(' '))) languagesOf.set(word, [...(languagesOf.get(word) ?? []), place]);

/** FNV-1a: that another word of mail meets one of these few hundred in 32 bits is as good as never, and it is a guess only. */
const hashSeed = 0x811c9dc5 | 0;
const hashStep = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193);
const hashOf = (word: string): number => Buffer.from(word, 'latin1').reduce(hashStep, hashSeed);
const asciiWords = [...languagesOf].filter(([word]) => /^[a-z]+$/.test(word));
const languagesByHash = new Map(asciiWords.map(([word, places]) => [hashOf(word), places]));
const longestWord = Math.max(...asciiWords.map(([word]) => word.length));

/** Characters looked at: a report's first words tell. */
const mostCharacters = 6000;

/** BCP 47 primary tag of the text's language, or null. */
export function languageOf(text: string): string | null {
  const start = text.slice(0, mostCharacters);
  return byScript(start) ?? byWords(start);
}

/** A text of another script often has Latin addresses and server answers in it: a fifth of its letters is enough. */
function byScript(text: string): string | null {
  if (!/[^\x00-\u036f]/.test(text)) return null;
  const total = text.match(/\p{L}/gu)?.length ?? 0;
  for (const [pattern, language] of scripts) {
    const count = text.match(pattern)?.length ?? 0;
    if (count < 4 || count * 5 < total) continue;
    return letters[language]?.find(([mark]) => mark.test(text))?.[1] ?? language;
  }
  return null;
}

function byWords(text: string): string | null {
  const scores = new Uint16Array(languages.length);
  if (/[^\x00-\x7f]/.test(text)) scoreWords(text, scores);
  else scoreAsciiWords(text, scores);
  let [best, most, second] = [-1, 0, 0];
  for (let place = 0; place < scores.length; place++) {
    const score = scores[place] ?? 0;
    if (score > most) [best, most, second] = [place, score, most];
    else if (score > second) second = score;
  }
  return most < 2 || second >= most ? null : (languages[best] ?? null);
}

const mostWords = 600;

function scoreWords(text: string, scores: Uint16Array): void {
  for (const word of (text.toLowerCase().match(/\p{L}+/gu) ?? []).slice(0, mostWords)) raise(scores, languagesOf.get(word));
}

/** Most mail is ASCII, and each message pays: its words are hashed where they stand instead of being cut out. */
function scoreAsciiWords(text: string, scores: Uint16Array): void {
  let hash = hashSeed;
  let length = 0;
  let count = 0;
  for (let at = 0; at <= text.length && count < mostWords; at++) {
    const code = at < text.length ? text.charCodeAt(at) | 0x20 : 0;
    if (code >= 0x61 && code <= 0x7a) {
      hash = hashStep(hash, code);
      length++;
    } else if (length > 0) {
      count++;
      if (length <= longestWord) raise(scores, languagesByHash.get(hash));
      hash = hashSeed;
      length = 0;
    }
  }
}

function raise(scores: Uint16Array, places: readonly number[] | undefined): void {
  if (places !== undefined) for (const place of places) scores[place] = (scores[place] ?? 0) + 1;
}
