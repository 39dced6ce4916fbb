// A signer of our own, as plain as RFC 6376 3.4 allows (simple/simple), so that what we verify was not made by what verifies it.
import { createHash, createSign, generateKeyPairSync } from 'node:crypto';

export interface Letter {
  /** Fields without the empty line below them; CRLF between. */
  readonly header: string;
  readonly body: string;
}

export interface Signer {
  /** The key record as it stands in DNS. */
  readonly record: string;
  /** The letter with a signature in front; `tags` go into it as they are (`t=1; `). */
  sign(letter: Letter, as: { readonly domain: string; readonly selector?: string; readonly tags?: string; readonly signs?: readonly string[] }): string;
}

const usual = ['from', 'to', 'subject', 'date', 'message-id'];

/** A key pair of its own. */
export function dkimSigner(bits = 2048): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return {
    record: `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
    sign: ({ header, body }, { domain, selector = 's1', tags = '', signs = usual }) => {
      const fields = header.split(/\r\n(?![ \t])/);
      const signed = signs.flatMap((name) => fields.findLast((field) => field.toLowerCase().startsWith(`${name}:`)) ?? []);
      const names = signed.map((field) => field.slice(0, field.indexOf(':')).toLowerCase()).join(':');
      const hash = createHash('sha256')
        .update(`${body.replace(/(?:\r\n)+$/, '')}\r\n`)
        .digest('base64'); // RFC 6376 3.4.3
      const unsigned = `DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=${domain}; s=${selector};\r\n\t${tags}h=${names};\r\n\tbh=${hash}; b=`;
      const b = createSign('sha256')
        .update(`${signed.join('\r\n')}\r\n${unsigned}`)
        .sign(privateKey, 'base64');
      return `${unsigned}${b}\r\n${header}\r\n\r\n${body}`;
    },
  };
}
