// The words of an HTML body, for reading only: tags dropped, blocks on lines of their own, the common entities decoded. One pass.

const entities: Readonly<Record<string, string>> = { nbsp: ' ', lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", shy: '', zwnj: '' };
const blocks = /^\/?(?:p|br|div|tr|li|ul|ol|h[1-6]|table|pre|blockquote|hr|title|dt|dd|td)$/;
const silent = /^(?:style|script|head)$/;

/** Plain text of this HTML. */
export function htmlText(html: string): string {
  let text = '';
  let at = 0;
  const lower = html.toLowerCase();
  const endless = new Set<string>();
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) return decodeEntities(text + html.slice(at));
    text += html.slice(at, open);
    // `<x@y.example>` in careless HTML is an address, not a tag.
    const address = /^<[^<>\s@/]{1,100}@[^<>\s/]{1,200}>/.exec(html.slice(open, open + 310));
    if (address !== null) {
      text += address[0].replace('<', '&lt;').replace('>', '&gt;');
      at = open + address[0].length;
      continue;
    }
    const close = html.indexOf('>', open);
    if (close < 0) return decodeEntities(text);
    const tag = (/^\/?[a-z0-9]{1,20}/i.exec(html.slice(open + 1, open + 22))?.[0] ?? '').toLowerCase();
    at = close + 1;
    if (blocks.test(tag)) {
      text += '\n';
      // The line end behind `<br>` is the same one: twice, it would end a header.
      at += /^[ \t]{0,20}\n/.exec(html.slice(at, at + 21))?.[0].length ?? 0;
    }
    if (!silent.test(tag) || endless.has(tag)) continue;
    // A style or script that never ends hides nothing, and is searched for once.
    const end = lower.indexOf(`</${tag}`, at);
    if (end < 0) endless.add(tag);
    else at = end;
  }
  return decodeEntities(text);
}

const decodeEntities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ' ';
  });
