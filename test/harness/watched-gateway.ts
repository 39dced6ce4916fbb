// A gateway whose detectors are watched: real clients at it, and what was alarmed about. Addresses 127.x.y.z play hosts of the world; each /24
// is a network of its own.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type Alarm, alarmKeyText, type AlarmKey } from '../../src/model/alarm.ts';
import { startFakeHub, type FakeHub, type FakeHubOptions } from './fake-hub.ts';
import { startGateway, type Gateway, type GatewayOptions } from './gateway.ts';
import { letter, type LetterParts } from './letter.ts';
import { atEnd, type Owner } from './scratch.ts';
import { SmtpClient } from './smtp-client.ts';

export interface Watched {
  readonly gateway: Gateway;
  readonly hub: FakeHub;
  /** A client that has said EHLO. */
  greet(from: string, listener?: string): Promise<SmtpClient>;
  /** One session, one message. */
  send(mail: Mail): Promise<void>;
  /** The first alarm of a detector at this level about the key. */
  alarm(detector: string, about: { readonly level?: Alarm['level']; readonly key: AlarmKey }): Promise<Alarm>;
  /** Alarms of level alert or severe so far. */
  alarms(): Promise<readonly Alarm[]>;
}

export interface Mail extends LetterParts {
  /** The client's address. */
  readonly host: string;
  /** Envelope sender; default a person of the host's own house. */
  readonly sender?: string;
  readonly recipients: readonly string[];
  readonly listener?: string;
  /** What the final answer must be; default 250. */
  readonly answer?: number;
}

/** Detectors that would wait a day for a habit need not: a test is over before. */
const withoutLearning = { 'mailbox-flood': { learningHours: 0 } };

export async function startWatched(owner: Owner, options: Partial<GatewayOptions> & { readonly hubScript?: FakeHubOptions['script'] } = {}): Promise<Watched> {
  const { hubScript, config, ...more } = options;
  const hub = await startFakeHub(hubScript === undefined ? {} : { script: hubScript });
  atEnd(owner, () => hub.close());
  const gateway = await startGateway(owner, {
    hub: `127.0.0.1:${hub.port}`,
    ...more,
    // Nobody proves anything on loopback: no name server is asked for it.
    config: { senderAuthentication: { perSecond: 0 }, detectors: withoutLearning, limits: { errors: 1000, errorsBeforeDelay: 1000, freeDisk: '0' }, ...config },
  });
  const greet = (from: string, listener?: string): Promise<SmtpClient> => SmtpClient.greet(owner, { port: gateway.port(listener), from });
  return {
    gateway,
    hub,
    greet,
    async send({ host, sender = `p@${houseOf(host)}`, recipients, listener, answer = 250, ...parts }) {
      const client = await greet(host, listener);
      const { mail, rcpt, end } = await client.transact({
        from: sender,
        to: recipients,
        content: letter({ from: sender || 'MAILER-DAEMON@x.example', ...parts }),
      });
      assert.equal(end?.code, answer, [mail, ...rcpt, end].map((reply) => reply?.lines.join(' / ')).join('\n'));
      await client.quit();
    },
    alarm: async (detector, { level = 'alert', key }) =>
      (
        await gateway.event(
          'alarm-raised',
          ({ alarm }) => alarm.detector === detector && alarm.level === level && alarmKeyText(alarm.key) === alarmKeyText(key),
        )
      ).alarm,
    alarms: async () => (await gateway.events()).flatMap((event) => (event.type === 'alarm-raised' && event.alarm.level !== 'watch' ? [event.alarm] : [])),
  };
}

/** A domain for each host. */
export const houseOf = (host: string): string => `house-${host.replaceAll('.', '-')}.example`;

/** Hosts of so many networks: `127.<first>.<n>.1`. */
export const networksFrom = (first: number, count: number): readonly string[] => Array.from({ length: count }, (_, n) => `127.${first}.${n}.1`);

/** Words by chance, so that no two texts are alike. */
export const someText = (): string => `${Array.from({ length: 40 }, () => randomBytes(4).toString('hex')).join(' ')}\r\n`;

/** That no alarm is about who these words are part of: neighbours of an attack are innocent. */
export async function assertInnocent({ alarms }: Pick<Watched, 'alarms'>, ...words: readonly string[]): Promise<void> {
  const wrong = (await alarms()).filter(({ key }) => words.some((word) => alarmKeyText(key).includes(word)));
  assert.deepEqual(
    wrong.map(({ detector, key, because }) => `${detector} ${alarmKeyText(key)}: ${because}`),
    [],
  );
}
