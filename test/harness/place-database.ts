// A small database in the MaxMind DB format (version 2.0), written for tests: IPv4 networks in an IPv4 tree, records of 24 bits.

/** A record: texts, whole numbers and maps of these. */
export type PlaceRecord = { readonly [key: string]: string | number | PlaceRecord };

/** The file's content. Networks as `192.0.2.0/24`; they must not lie in each other. */
export function placeDatabase(networks: Readonly<Record<string, PlaceRecord>>): Buffer {
  const nodes: [Branch, Branch][] = [[null, null]];
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const [network, record] of Object.entries(networks)) {
    insert(nodes, network, { offset: dataBytes });
    const encoded = encode(record);
    data.push(encoded);
    dataBytes += encoded.length;
  }
  const count = nodes.length;
  const tree = Buffer.alloc(count * 6);
  const valueOf = (branch: Branch): number => (branch === null ? count : typeof branch === 'number' ? branch : count + 16 + branch.offset);
  for (const [at, [left, right]] of nodes.entries()) {
    tree.writeUIntBE(valueOf(left), at * 6, 3);
    tree.writeUIntBE(valueOf(right), at * 6 + 3, 3);
  }
  const about = {
    node_count: count,
    record_size: 24,
    ip_version: 4,
    database_type: 'Test',
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
  };
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), encode(about)]);
}

/** Another node, a record, or nothing. */
type Branch = number | { readonly offset: number } | null;

function insert(nodes: [Branch, Branch][], network: string, leaf: { readonly offset: number }): void {
  const [address = '', bits = '32'] = network.split('/');
  const word = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  let at = 0;
  for (let bit = 0; bit < Number(bits); bit++) {
    const side = Math.floor(word / 2 ** (31 - bit)) % 2 === 0 ? 0 : 1;
    const node = nodes[at] ?? [null, null];
    if (bit === Number(bits) - 1) node[side] = leaf;
    else if (typeof node[side] === 'number') at = node[side];
    else {
      nodes.push([null, null]);
      node[side] = nodes.length - 1;
      at = nodes.length - 1;
    }
  }
}

/** Types of the format: 2 text, 6 unsigned 32-bit, 7 map; sizes below 29 stand in the control octet, longer texts behind it. */
function encode(value: string | number | PlaceRecord): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([text.length < 29 ? Buffer.of((2 << 5) | text.length) : Buffer.of((2 << 5) | 29, text.length - 29), text]);
  }
  if (typeof value === 'number') {
    const word = Buffer.alloc(4);
    word.writeUInt32BE(value);
    return Buffer.concat([Buffer.of((6 << 5) | 4), word]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([Buffer.of((7 << 5) | entries.length), ...entries.flatMap(([key, each]) => [encode(key), encode(each)])]);
}
