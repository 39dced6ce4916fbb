// What the record keeps of a password that was tried: enough to tell the same wrong one again (a phone with an old password) from another
// guess, and too little to find it: sixteen bits, keyed with a secret of this site and the user's name. Whoever stole journal and key
// would be left with one candidate in 65,536 of any dictionary; a guesser slips through as a repeat once in as many tries.
import { createHmac } from 'node:crypto';

const bytesKept = 2;

/** Makes the hash of a name and a password that were tried: four hexadecimal digits. */
export function triedPassword(siteSecret: Buffer): (user: string, password: string) => string {
  // A key of its own: the site's secret also derives salts that strangers see.
  const key = createHmac('sha256', siteSecret).update('tried password').digest();
  return (user, password) => createHmac('sha256', key).update(`${user.toLowerCase()}\0${password}`).digest().toString('hex', 0, bytesKept);
}
