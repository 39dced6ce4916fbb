// Every alarm's evidence is enough to reproduce its number: what the gateway wrote into its journal, told again to fresh detectors, gives the same
// alarms with the same statistic, count and samples; and each sample is found in the journal (missions D, I4).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/options.ts';
import { detectors } from '../../src/detect/catalogue.ts';
import { createEngine } from '../../src/detect/engine.ts';
import { SightingsFromEvents } from '../../src/detect/sightings/from-events.ts';
import { type Alarm, alarmKeyText } from '../../src/model/alarm.ts';
import type { Event } from '../../src/model/events.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { siteViewOf } from '../../src/process/detection.ts';
import type { SmtpClient } from '../harness/smtp-client.ts';
import { networksFrom, someText, startWatched, type Watched } from '../harness/watched-gateway.ts';

function configOf(file: string): Config {
  const loaded = loadConfig(file, { checkIds: catalogue.map(({ id }) => id) });
  assert.ok(loaded.ok);
  return loaded.config;
}

/** Alarms of fresh detectors, with a secret of their own, over the events of a journal. */
function replayed(events: readonly Event[], config: Config): readonly Alarm[] {
  const site = siteViewOf(config);
  const translation = new SightingsFromEvents(site);
  const engine = createEngine({ definitions: detectors, options: config.detectors, context: { ...site, hashKey: { k0: 77, k1: 88 } } });
  return events.flatMap((event) => translation.note(event).flatMap((sighting) => engine.note(sighting)));
}

/** What an alarm rests on, as it stands in the incident. */
const evidenceOf = ({ detector, key, level, at, onsetAt, count, statistic, samples, counts, needles }: Alarm): unknown => ({
  alarm: `${detector} ${level} ${alarmKeyText(key)}`,
  at,
  onsetAt,
  count,
  statistic,
  samples,
  counts,
  needles: needles?.map(({ source }) => source),
});

async function attack({ greet, send }: Watched): Promise<void> {
  const harvester = await greet('127.60.0.1');
  await harvester.ask('MAIL FROM:<x@sender.example>');
  for (let number = 0; number < 12; number++) await harvester.ask(`RCPT TO:<guess${number}@hub.example>`);
  for (const domain of ['one', 'two', 'three']) await harvester.ask(`RCPT TO:<a@${domain}.example>`);
  await harvester.quit();
  for (let number = 0; number < 31; number++) await (await greet('127.61.0.1')).quit();
  for (const host of networksFrom(62, 14))
    await send({ host, recipients: ['victim@hub.example'], subject: 'Please confirm your subscription', body: someText() });
  await send({ host: '127.63.0.1', recipients: ['victim@hub.example'], subject: 'Wire transfer of 4,000 EUR', body: someText() });
  const offer = someText();
  for (const host of networksFrom(64, 21)) await send({ host, recipients: [`reader@hub.example`], body: offer });
  for (let number = 0; number < 6; number++) await guess(await greet('127.65.0.1', 'out'), number);
}

async function guess(client: SmtpClient, number: number): Promise<void> {
  await client.ask(`AUTH PLAIN ${Buffer.from(`\0anna\0guess${number}`).toString('base64')}`);
  await client.quit();
}

test('the journal gives every alarm again, number for number, and holds every sample', async (t) => {
  const watched = await startWatched(t, {
    listeners: { mx: {}, out: { role: 'submission' } },
    users: { anna: 'pencil' },
    hubScript: { RCPT: ({ line }) => (line.includes('<guess') ? '550 5.1.1 no such user' : undefined) },
  });
  const { gateway } = watched;
  await attack(watched);
  await gateway.event('alarm-raised', ({ alarm }) => alarm.detector === 'password-guessing' && alarm.level === 'alert');
  const config = configOf(gateway.configFile);
  await gateway.stop();
  const events = await gateway.events();
  const told = events.flatMap((event) => (event.type === 'alarm-raised' ? [event.alarm] : []));
  for (const detector of ['directory-harvest', 'relay-attempts', 'connection-flood', 'subscription-bomb', 'campaign', 'mailbox-flood', 'password-guessing'])
    assert.ok(
      told.some((alarm) => alarm.detector === detector && alarm.level !== 'watch'),
      detector,
    );
  assert.deepEqual(replayed(events, config).map(evidenceOf), told.map(evidenceOf));

  const places = new Set(events.map(({ door, seq }) => `${door}#${seq}`));
  const lost = told.flatMap(({ detector, samples }) => samples.filter((sample) => !places.has(sample)).map((sample) => `${detector} ${sample}`));
  assert.deepEqual(lost, []);
});
