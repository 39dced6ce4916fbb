// Octets to characters, with tolerance: labels are often wrong or unknown, and a text half readable is better than none.
import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

/** Labels that mail uses and the Encoding Standard does not know. */
const otherLabels: Readonly<Record<string, string>> = {
  cp1251: 'windows-1251',
  cp1252: 'windows-1252',
  'x-sjis': 'shift_jis',
  cp932: 'shift_jis',
  'iso-2022-jp-ms': 'iso-2022-jp',
  'cp-850': 'windows-1252',
  'ks_c_5601-1987': 'euc-kr',
  'gb2312-80': 'gbk',
  utf8: 'utf-8',
  'utf-8-sig': 'utf-8',
  ascii: 'windows-1252',
};

/** Characters of these octets. A wrong or missing label is repaired: UTF-8 where the octets are such, else Windows-1252. */
export function decodeCharset(octets: Buffer, rawLabel: string): string {
  const label = rawLabel.trim().toLowerCase().slice(0, 40);
  if (label === 'utf-7' || label === 'unicode-1-1-utf-7' || label === 'x-unicode-1-1-utf-7') return decodeUtf7(octets.toString('latin1'));
  if (/^(?:utf-?16|ucs-?2|unicode$|iso-10646-ucs-2)/.test(label)) return decodeUtf16(octets);
  // ISO-2022-JP is ASCII to the eye: its label must be believed, or its escape be seen.
  if (isAscii(octets) && !octets.includes(0x1b)) return octets.toString('latin1');
  if (octets.includes('\x1b$')) return decodeWith('iso-2022-jp', octets);
  const known = decoderOf(otherLabels[label] ?? label);
  if (known !== null && known.encoding !== 'utf-8') return known.decode(octets);
  return isUtf8(octets) ? octets.toString('utf8') : decodeWith(known === null ? 'windows-1252' : 'utf-8', octets);
}

/** Text that came with no label at all, given as a character an octet: raw header values for example. */
export function decodeUnlabelled(latin1: string): string {
  if (!/[\x80-\xff\x1b]/.test(latin1)) return latin1;
  return decodeCharset(Buffer.from(latin1, 'latin1'), '');
}

const decodeWith = (label: string, octets: Buffer): string => new TextDecoder(label).decode(octets);

function decoderOf(label: string): TextDecoder | null {
  if (label === '' || label === 'us-ascii' || label === 'x-unknown' || label === 'unknown-8bit') return null;
  try {
    return new TextDecoder(label);
  } catch {
    return null; // no such encoding: the caller goes by the octets
  }
}

/** RFC 2781 3.2: a mark tells the order of octets, else where the zeros of Latin letters stand, whatever the label says. */
function decodeUtf16(octets: Buffer): string {
  const isBig = octets[0] === 0xfe && octets[1] === 0xff ? true : octets[0] === 0xff && octets[1] === 0xfe ? false : octets[0] === 0;
  return decodeWith(isBig ? 'utf-16be' : 'utf-16le', octets);
}

/** RFC 2152. Exchange sent its reports so; the platform has no decoder for it. */
function decodeUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]{0,4000})-?/g, (_, encoded: string) => {
    if (encoded === '') return '+';
    const octets = Buffer.from(encoded, 'base64');
    return octets
      .subarray(0, octets.length & ~1)
      .swap16()
      .toString('utf16le');
  });
}
