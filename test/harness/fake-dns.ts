// A DNS server on loopback that answers from a table, so that no test asks the Internet. A name that is not in the table is NXDOMAIN,
// a type missing under a known name is an empty answer.
import { createSocket } from 'node:dgram';
import { atEnd, type Owner } from './scratch.ts';

export interface FakeDns {
  readonly port: number;
  /** `{"name TYPE": [values]}`; may be changed while it runs. The value SILENT gives no answer at all. */
  readonly zone: Record<string, readonly string[]>;
  /** Questions so far, as "name TYPE". */
  readonly asked: readonly string[];
}

const types: Readonly<Record<number, string>> = { 1: 'A', 5: 'CNAME', 12: 'PTR', 15: 'MX', 16: 'TXT', 28: 'AAAA' };
const nameOnWire = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter((label) => label !== '')
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

/** The question of a request: its name and type, and where it ends. */
function questionOf(request: Buffer): { readonly name: string; readonly type: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = request[at] ?? 0; length > 0; length = request[at] ?? 0) {
    labels.push(request.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: types[request.readUInt16BE(at + 1)] ?? 'OTHER', end: at + 5 };
}

/** RFC 4291 2.2 text to sixteen bytes. */
function ipv6Bytes(text: string): Buffer {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function recordData(type: string, value: string): Buffer {
  if (type === 'A') return Buffer.from(value.split('.').map(Number));
  if (type === 'AAAA') return ipv6Bytes(value);
  if (type === 'TXT') return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  if (type === 'MX') {
    const [preference = '10', host = ''] = value.split(' ');
    return Buffer.concat([Buffer.from([0, Number(preference)]), nameOnWire(host)]);
  }
  return nameOnWire(value);
}

/** RFC 1035 4.1: header, the question again, the answers. */
function responseTo(request: Buffer, zone: FakeDns['zone']): Buffer | null {
  const { name, type, end } = questionOf(request);
  const values = zone[`${name} ${type}`] ?? [];
  if (values.includes('SILENT')) return null;
  const exists = Object.keys(zone).some((key) => key.startsWith(`${name} `));
  const code = Number(Object.keys(types).find((key) => types[Number(key)] === type) ?? 0);
  const header = Buffer.alloc(12);
  request.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580 | (exists ? 0 : 3), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(values.length, 6);
  const answers = values.map((value) => {
    const data = recordData(type, value);
    const fixed = Buffer.alloc(12);
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(code, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt32BE(60, 6);
    fixed.writeUInt16BE(data.length, 10);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([header, request.subarray(12, end), ...answers]);
}

/** Starts the server on a free UDP port of loopback. */
export async function fakeDns(owner: Owner, table: Readonly<Record<string, readonly string[]>>): Promise<FakeDns> {
  const zone: Record<string, readonly string[]> = { ...table };
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (request, { port, address }) => {
    const { name, type } = questionOf(request);
    asked.push(`${name} ${type}`);
    const response = responseTo(request, zone);
    if (response !== null) socket.send(response, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  atEnd(owner, () => new Promise<void>((resolve) => void socket.close(() => resolve())));
  return { port: socket.address().port, zone, asked };
}
