// `node bench/keeper-detection.ts [--sessions 100000] [--profile]`: what detection costs the keeper under a flood. The journal's lines of refused
// sessions, as doors write them, each from another address and for another name, go the keeper's own way: line to event to sightings to all
// detectors. Prints the share of one processor at 5,000 refusals a second; leaves with 1 when it is more than a quarter.
import { parseArgs } from 'node:util';
import { loadConfigText } from '../src/config/load.ts';
import { catalogue } from '../src/policy/catalogue.ts';
import { seededRandom } from '../src/lib/seeded-random.ts';
import type { Incident } from '../src/model/incident.ts';
import { JournalLines } from '../src/events/journal-lines.ts';
import { createRecorder } from '../src/events/recorder.ts';
import type { EventBody } from '../src/model/events.ts';
import { startDetection } from '../src/process/detection.ts';

/** Refused sessions a second, and the share of one processor that detection may take of it. */
const perSecond = 5000;
const mostShare = 0.25;
/** Lines of a batch, about as doors ship them under load. */
const linesAtOnce = 500;

const { values } = parseArgs({ options: { sessions: { type: 'string', default: '100000' }, networks: { type: 'string', default: '0' } } });
const sessions = Number(values.sessions);
const networks = Number(values.networks);
const random = seededRandom(3);

const loaded = loadConfigText(
  JSON.stringify({
    site: { hostname: 'mx.hub.example', networks: ['192.0.2.0/24'], domains: ['hub.example'], postmaster: 'postmaster@hub.example' },
    hub: { address: '127.0.0.1:2626' },
    listeners: [{ name: 'mx', address: '127.0.0.1:2525', role: 'mx' }],
  }),
  'bench.yaml',
  { checkIds: catalogue.map(({ id }) => id) },
);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));

const startAt = Date.UTC(2026, 10, 21);

/** Five events: opened, EHLO, MAIL, an unknown recipient, closed. */
function refusedSession(number: number): EventBody[] {
  const place = networks === 0 ? Math.floor(random() * 0xdf_ff_ff) : number % networks;
  const ip = `${1 + ((place >> 16) % 223)}.${(place >> 8) & 255}.${place & 255}.${1 + (number % 250)}`;
  const session = `1M7Z${number.toString(36).padStart(5, '0').toUpperCase()}0000`;
  const to = `guess${Math.floor(random() * 1e9).toString(36)}@hub.example`;
  const body = (type: EventBody['type'], more: object): EventBody => ({ type, session, ip, ...more }) as EventBody; // what a door says
  const judged = (stage: string, input: object): EventBody =>
    body('stage-judged', { stage, input: { helo: 'client.example', ...input }, facts: {}, action: 'pass', findings: [] });
  const refused = {
    check: 'unknown-recipient',
    kind: 'permission',
    outcome: {
      kind: 'finding',
      because: 'the next hop refuses the recipient',
      evidence: { code: 550, said: 'no such user' },
      hubReply: { code: 550, enhanced: '5.1.1', lines: ['no such user'] },
    },
    action: 'reject',
  };
  return [
    body('session-opened', { port: 35915, listener: 'mx', role: 'mx', inside: false, localIp: '127.0.0.1', localPort: 13443 }),
    judged('helo', {}),
    judged('mail', { from: `x@s${number % 1000}.example` }),
    body('stage-judged', {
      stage: 'rcpt',
      input: { helo: 'client.example', from: `x@s${number % 1000}.example`, to },
      facts: { reverseName: { value: { kind: 'none' } }, recipient: { value: 'refused 550 5.1.1' } },
      action: 'reject',
      findings: [refused],
      ref: `${session}-1`,
      reply: `550 5.1.1 no such user (ref ${session}-1)`,
    }),
    body('session-closed', { why: 'quit', ms: 4, bytesIn: 87, bytesOut: 305, messages: 0, errors: 1 }),
  ];
}

let alarms = 0;
const incident = { id: 'i-0000000000' } as Incident; // nobody looks at more of it here
const detection = startDetection({
  config: loaded.config,
  incidents: { raise: () => incident, calm: () => undefined },
  record: () => undefined,
  alarmed: () => void alarms++,
  seen: () => undefined,
  now: () => startAt,
});
let spent = 0;
let bytes = 0;
let at = startAt;
const door = createRecorder({
  door: 'smtp-1',
  now: () => Math.round(at),
  logFormat: 'text',
  logLevel: 'error',
  ship: ({ journal, cost }) => {
    bytes += journal.bytes.length;
    const from = process.cpuUsage();
    detection.take(new JournalLines(journal));
    const { user, system } = process.cpuUsage(from);
    spent += user + system;
    door.taken(cost);
  },
});
for (let number = 0; number < sessions; number++) {
  at += 1000 / perSecond;
  for (const body of refusedSession(number)) door.record(body);
  if (number % (linesAtOnce / 5) === 0) door.flush();
}
door.flush();
detection.stop();
const micros = spent / sessions;
const share = (micros * perSecond) / 1e6;
console.log(
  `${sessions} refused sessions, ${(bytes / sessions).toFixed(0)} octets of journal each, ${networks === 0 ? 'every one from a network of its own' : `from ${networks} networks`}; ${alarms} alarms`,
);
console.log(
  `${micros.toFixed(1)} us of processor time each: at ${perSecond} a second ${(100 * share).toFixed(1)} % of one processor (at most ${100 * mostShare} %)`,
);
process.exitCode = share <= mostShare ? 0 : 1;
