import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mailbox } from '../../../test/harness/delivery-request.ts';
import { heldRecord } from '../../../test/harness/held-item.ts';
import { openBook, releaseKey } from '../../../test/harness/release-book.ts';
import type { Owner } from '../../../test/harness/scratch.ts';
import { readMime } from '../../wire/message/mime-tree.ts';
import { firstText, firstTextLimits } from '../../wire/message/first-text.ts';
import { messageText } from '../../wire/message/message-text.ts';
import type { EventBody } from '../../model/events.ts';
import type { HeldRecord } from '../../model/quarantine.ts';
import { createReleaseDesk } from './release-desk.ts';
import { previewLetter, runRound, type DigestSettings, type RoundParts } from './round.ts';
import { recipientPrint } from './token.ts';

/** When the next round begins: no letter that may have arrived comes again before. */
const nextAt = 6000;
const idOf = (n: number): string => `1M7YNPXHV1000-${String(n).padStart(6, '0')}`;
const settings: DigestSettings = {
  hostname: 'mx.hub.example',
  postmaster: 'postmaster@hub.example',
  address: 'release@mx.hub.example',
  link: 'https://mx.hub.example',
  linksForMs: 2000,
  lines: 3,
  perMinute: 60,
  languageOf: (domain) => (domain === 'hub.example' ? 'de' : 'en'),
  isTold: (address) => address.endsWith('.example'),
};

function start(t: Owner, records: readonly HeldRecord[], changes: Partial<RoundParts> = {}) {
  const { book, dir } = openBook(t);
  const told = new Map<string, number>();
  const underWay: { letter: string; sent: number }[] = [];
  const sent: { to: string; raw: string; text: string }[] = [];
  const events: EventBody[] = [];
  const waits: number[] = [];
  const troubles: string[] = [];
  const parts: RoundParts = {
    settings,
    key: releaseKey,
    book,
    select: ({ after, limit }) => Promise.resolve(records.filter(({ id }) => after === null || id > after).slice(0, limit)),
    print: (address) => recipientPrint(releaseKey, address),
    told: (ids) =>
      Promise.resolve(
        [...told]
          .filter(([, until]) => until > 5000)
          .map(([key]) => ({ item: key.split(' ')[0] ?? '', recipient: key.split(' ')[1] ?? '' }))
          .filter(({ item }) => ids.includes(item)),
      ),
    noteTold: (ids, recipient, until, letter) => {
      for (const id of ids) told.set(`${id} ${recipient}`, until);
      if (letter !== undefined) underWay.push({ letter, sent: sent.length });
      return Promise.resolve();
    },
    waitingFor: (id) => Promise.resolve(records.find((each) => each.id === id)?.to ?? []),
    authorOf: () => Promise.resolve('=?utf-8?Q?J=C3=B6rg?= <joerg@a.example>'),
    send: (to, raw) => {
      sent.push({ to, raw, text: textOf(raw) });
      return Promise.resolve();
    },
    isRefusal: (error) => String(error).includes('550'),
    isUncertain: (error) => String(error).includes('lost'),
    trouble: (why) => void troubles.push(why),
    newId: () => '1M7YNPXHV1000-9',
    random: () => randomBytes(10),
    record: (event) => void events.push(event),
    now: () => 5000,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    isStopped: () => false,
    ...changes,
  };
  const desk = createReleaseDesk({ key: releaseKey, book, address: settings.address, isHeld: () => Promise.resolve(true), now: () => 5001 });
  return { parts, sent, events, told, underWay, waits, troubles, desk, letters: () => readdirSync(join(dir, 'letters')) };
}

const textOf = (raw: string): string => firstText(readMime(messageText(Buffer.from(raw), 1_000_000), { ...firstTextLimits, textBytes: 100_000 }).root);
const addressesIn = (text: string): readonly string[] => text.match(/release\+\S+/g) ?? [];

test('one letter a recipient in his language, whose tokens are his: link, address and the answer to the letter', async (t) => {
  const { parts, sent, desk, events, waits } = start(t, [
    heldRecord({ id: idOf(1), to: ['ann@hub.example', 'otto@other.example'], subject: 'Eins' }),
    heldRecord({ id: idOf(2), to: ['ann@hub.example'], subject: 'Zwei' }),
  ]);
  assert.deepEqual(await runRound(parts, nextAt), { letters: 2, lines: 3, failed: 0, again: false });
  assert.deepEqual(
    sent.map(({ to }) => to),
    ['ann@hub.example', 'otto@other.example'],
  );
  const [ann, otto] = sent;
  assert.match(ann?.text ?? '', /\[1\]\n {3}Von: Jörg <joerg@a\.example> \(sender@client\.example\)\n {3}Betreff: Eins/);
  assert.match(otto?.text ?? '', /Subject: Eins/);
  const addresses = addressesIn(ann?.text ?? '');
  assert.equal(addresses.length, 2);
  for (const address of addresses) assert.equal(await desk.worth(desk.tokenIn(mailbox(address)) ?? ''), 'valid');
  const links = ann?.text.match(/https:\/\/mx\.hub\.example\/release\/(\S+)/g) ?? [];
  assert.deepEqual(
    links.map((link) => link.split('/').at(-1)),
    addresses.map((address) => desk.tokenIn(mailbox(address))),
  );
  const answer = /^Reply-To: <(.*)>\r$/m.exec(ann?.raw ?? '')?.[1] ?? '';
  assert.equal((await desk.look(desk.tokenIn(mailbox(answer)) ?? ''))?.line, 0);
  assert.match(ann?.raw ?? '', /^To: <ann@hub\.example>\r$/m);
  assert.deepEqual(
    events.map((event) => (event.type === 'digest-sent' ? [event.to, event.lines, event.more] : event.type)),
    [
      ['ann@hub.example', 2, 0],
      ['otto@other.example', 1, 0],
    ],
  );
  assert.deepEqual(waits, [1000, 1000], 'not faster than perMinute');
});

test('the next round is silent, until there is more; a flood is told of in portions', async (t) => {
  const flood = Array.from({ length: 8 }, (_, n) => heldRecord({ id: idOf(n), to: ['ann@hub.example'] }));
  const { parts, sent } = start(t, flood);
  const counts: number[] = [];
  for (let round = 0; round < 4; round++) counts.push((await runRound(parts, nextAt)).lines);
  assert.deepEqual(counts, [3, 3, 2, 0]);
  assert.match(sent[0]?.text ?? '', /^5 weitere Nachrichten/m);
});

test('what was too large for the virus scanner is told of, and not its recipient’s to release: nobody has looked', async (t) => {
  const { parts, sent } = start(t, [heldRecord({ to: ['ann@hub.example'], check: 'too-large-to-scan' })]);
  await runRound(parts, nextAt);
  assert.equal(sent.length, 1);
  assert.deepEqual(addressesIn(sent[0]?.raw ?? ''), []);
});

for (const virus of [{ check: 'virus-found' }, { check: 'standing-measure', virus: true }])
  test(`a virus held for ${virus.check} is told of without a token, and the letter that has nothing else is answered to the postmaster`, async (t) => {
    const { parts, sent } = start(t, [heldRecord({ to: ['ann@hub.example'], ...virus })]);
    await runRound(parts, nextAt);
    assert.match(sent[0]?.text ?? '', /Virus und kann nicht freigegeben werden/);
    assert.deepEqual(addressesIn(sent[0]?.raw ?? ''), []);
    assert.match(sent[0]?.raw ?? '', /^Reply-To: <postmaster@hub\.example>\r$/m);
  });

test('a letter that nobody took leaves no tokens, and is tried again; one that is refused for good is not', async (t) => {
  const held = [heldRecord({ to: ['ann@hub.example'] })];
  let why = '451 later';
  const { parts, events, letters } = start(t, held, { send: () => Promise.reject(new Error(why)) });
  assert.deepEqual(await runRound(parts, nextAt), { letters: 0, lines: 0, failed: 1, again: true });
  assert.deepEqual(letters(), []);
  why = '550 no such user';
  assert.deepEqual(await runRound(parts, nextAt), { letters: 0, lines: 0, failed: 1, again: false });
  assert.deepEqual(await runRound(parts, nextAt), { letters: 0, lines: 0, failed: 0, again: false });
  assert.deepEqual(
    events.map((event) => event.type === 'digest-failed' && event.why),
    ['451 later', '550 no such user'],
  );
});

test('a hub that is away is not asked for every recipient', async (t) => {
  const held = Array.from({ length: 50 }, (_, n) => heldRecord({ id: idOf(n), to: [`user${n}@hub.example`] }));
  const { parts } = start(t, held, { send: () => Promise.reject(new Error('connect ECONNREFUSED')) });
  assert.equal((await runRound(parts, nextAt)).failed, 5);
});

test('mailboxes that are gone do not keep the others from their letters', async (t) => {
  const held = Array.from({ length: 20 }, (_, n) => heldRecord({ id: idOf(n), to: [`user${n}@hub.example`] }));
  const { parts } = start(t, held, { send: (to) => (to === 'user19@hub.example' ? Promise.resolve() : Promise.reject(new Error('550 no such user'))) });
  assert.deepEqual(await runRound(parts, nextAt), { letters: 1, lines: 1, failed: 19, again: false });
});

test('a hub that refuses every letter is not taken at its word by everybody’s letter: the rest is tried again', async (t) => {
  const held = Array.from({ length: 80 }, (_, n) => heldRecord({ id: idOf(n), to: [`user${n}@hub.example`] }));
  const { parts } = start(t, held, { send: () => Promise.reject(new Error('550 relaying denied')) });
  assert.deepEqual(await runRound(parts, nextAt), { letters: 0, lines: 0, failed: 50, again: true });
});

test('a letter whose answer was lost may be there: its tokens hold, and no copy follows at every try', async (t) => {
  let tries = 0;
  const { parts, letters, told, events } = start(t, [heldRecord({ to: ['ann@hub.example'] })], {
    send: () => {
      tries += 1;
      return Promise.reject(new Error('connection lost after the dot'));
    },
  });
  assert.deepEqual(await runRound(parts, nextAt), { letters: 0, lines: 0, failed: 1, again: true });
  for (let again = 0; again < 8; again++) await runRound({ ...parts, now: () => 5000 + again * 15 * 60_000 }, nextAt);
  assert.deepEqual([tries, letters().length], [1, 1]);
  assert.deepEqual([...told.values()], [nextAt], 'the next round lists it again: nobody knows whether its recipient has ever seen it');
  assert.deepEqual(
    events.map((event) => event.type === 'digest-failed' && event.uncertain),
    [true],
  );
});

test('a letter is noted as under way before it leaves and settled afterwards: a crash in between leaves that note, and no copy in this round', async (t) => {
  let atSend: readonly number[] = [];
  const { parts, told, underWay, letters } = start(t, [heldRecord({ to: ['ann@hub.example'] })]);
  const { send } = parts;
  const crashing = { ...parts, send: (...letter: Parameters<typeof send>) => ((atSend = [...told.values()]), send(...letter)) };
  await runRound(crashing, nextAt);
  assert.deepEqual(atSend, [nextAt], 'whoever dies here has told until the next round, and no longer');
  assert.deepEqual(underWay, [{ letter: letters()[0]?.replace('.json', ''), sent: 0 }]);
  assert.deepEqual([...told.values()], [5000 + settings.linksForMs], 'settled: told of for as long as its links hold');
});

test('a fault of ours concerns one recipient, is told, and makes no copies', async (t) => {
  const held = Array.from({ length: 3 }, (_, n) => heldRecord({ id: idOf(n), to: [`user${n}@hub.example`] }));
  let notes = 0;
  const { parts, sent, troubles } = start(t, held);
  const noteTold: RoundParts['noteTold'] = (...note) => (notes++ === 4 ? Promise.reject(new Error('SQLITE_BUSY')) : parts.noteTold(...note));
  assert.deepEqual(await runRound({ ...parts, noteTold }, nextAt), { letters: 2, lines: 2, failed: 1, again: true });
  assert.match(troubles.join(), /user1@hub\.example: SQLITE_BUSY/);
  await runRound(parts, nextAt);
  assert.deepEqual(
    sent.map(({ to }) => to),
    ['user0@hub.example', 'user2@hub.example', 'user1@hub.example'],
  );
});

test('a message that cannot be read now does not count as told of', async (t) => {
  let isBroken = true;
  const { parts, sent, troubles, told } = start(t, [heldRecord({ to: ['ann@hub.example'] })], {
    waitingFor: () => (isBroken ? Promise.reject(new Error('EMFILE')) : Promise.resolve(['ann@hub.example'])),
  });
  assert.deepEqual([(await runRound(parts, nextAt)).letters, told.size], [0, 0]);
  assert.match(troubles.join(), /EMFILE/);
  isBroken = false;
  await runRound(parts, nextAt);
  assert.equal(sent.length, 1);
});

test('a mailbox is written to in whatever spelling its message waits', async (t) => {
  const { parts, sent } = start(t, [heldRecord({ to: ['Ann@hub.example', 'ann@hub.example'] })], { waitingFor: () => Promise.resolve(['ann@hub.example']) });
  await runRound(parts, nextAt);
  assert.equal(sent.length, 1);
});

test('what a recipient has got by other ways is not told of', async (t) => {
  const { parts, sent } = start(t, [heldRecord({ to: ['ann@hub.example', 'otto@hub.example'] })], { waitingFor: () => Promise.resolve(['otto@hub.example']) });
  assert.equal((await runRound(parts, nextAt)).letters, 1);
  assert.equal(sent[0]?.to, 'otto@hub.example');
});

test('the preview shows what would be sent, with tokens that are none, and sends nothing', async (t) => {
  const { parts, sent, told } = start(t, [heldRecord({ to: ['ann@hub.example'], subject: 'Eins' })]);
  const shown = await previewLetter(parts, 'ANN@hub.example');
  assert.match(shown?.text ?? '', /Betreff: Eins[^]*release\/TOKEN\n[^]*release\+TOKEN@/);
  const fortnightMs = 14 * 24 * 3_600_000;
  const fortnight = await previewLetter({ ...parts, settings: { ...parts.settings, linksForMs: fortnightMs } }, 'ann@hub.example');
  const end = new Intl.DateTimeFormat('de', { dateStyle: 'medium' }).format(fortnightMs); // the day it is where the test runs
  assert.ok(fortnight?.text.includes(end), 'the end of links is the real one');
  assert.equal(await previewLetter(parts, 'otto@hub.example'), null);
  assert.deepEqual([sent, told.size], [[], 0]);
});
