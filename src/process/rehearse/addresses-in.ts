// Mail addresses in a header field, found by their form: enough for saying who a saved message was from and for.

/** Characters looked at: more is nobody's list of recipients. */
const longestField = 8000;

/** Addresses in order, the domain in lower case; each once. */
export function addressesIn(field: string): readonly string[] {
  const found = field.slice(0, longestField).matchAll(/[^\s<>",;:()[\]@\\]{1,64}@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)/g);
  return [...new Set(Array.from(found, ([whole, domain = '']) => `${whole.slice(0, whole.lastIndexOf('@'))}@${domain.toLowerCase()}`))];
}
