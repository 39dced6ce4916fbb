// An event as one line of JSON, short whatever a stranger wrote into it: a subject of 100 KiB must not become 100 KiB of journal.

/** Up to this many characters a line is kept as it is; nearly all are far below. */
const plainChars = 8192;
const maxChars = 1000;
const maxItems = 1000;

/** JSON of an event; of one that would be long, with its long texts cut and its long lists ended by how many are missing. */
export function shortJson(value: object): string {
  const json = JSON.stringify(value);
  return json.length <= plainChars ? json : JSON.stringify(value, shorten);
}

function shorten(_key: string, value: unknown): unknown {
  if (typeof value === 'string' && value.length > maxChars) return `${value.slice(0, maxChars)}... (${value.length} characters)`;
  if (Array.isArray(value) && value.length > maxItems) return value.slice(0, maxItems).concat(`... ${value.length - maxItems} more`);
  return value;
}
