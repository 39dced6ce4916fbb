// A self-signed certificate made on the spot, so that no private key lies in the repository and no openssl is needed.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** One DER element (X.690): tag, length, content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const bytes = Buffer.from(body.length.toString(16).padStart(4, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 + bytes.length]), bytes, body]);
}

const sequence = (...content: readonly Buffer[]): Buffer => der(0x30, ...content);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const utcTime = (date: Date): Buffer => der(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));

const commonNameId = hex('0603550403');
const altNameId = hex('0603551d11');
const ecdsaWithSha256 = sequence(hex('06082a8648ce3d040302'));

function toBeSigned(host: string, key: KeyObject, validFrom: Date, validTo: Date): Buffer {
  const name = sequence(der(0x31, sequence(commonNameId, der(0x0c, Buffer.from(host)))));
  const altName = sequence(altNameId, der(0x04, sequence(der(0x82, Buffer.from(host)))));
  return sequence(
    der(0xa0, hex('020102')), // version 3
    hex('020101'), // serial number
    ecdsaWithSha256,
    name,
    sequence(utcTime(validFrom), utcTime(validTo)),
    name,
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(altName)),
  );
}

/** A certificate for `host` and its key, both PEM; valid from a day before `now` for `days` days (negative: already ended). */
export function selfSigned(
  host: string,
  { now = new Date(), days = 30 }: { readonly now?: Date; readonly days?: number } = {},
): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 86_400_000;
  const from = new Date(now.getTime() - day * (days < 0 ? 1 - days : 1));
  const body = toBeSigned(host, publicKey, from, new Date(now.getTime() + days * day));
  const signature = der(0x03, hex('00'), sign('sha256', body, privateKey));
  const text = sequence(body, ecdsaWithSha256, signature).toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd();
  return { cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
