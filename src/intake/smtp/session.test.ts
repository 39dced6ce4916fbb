import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onLine } from './session.ts';
import { fresh, type Effect, type Offer, type State } from './step.ts';

const plain: Offer = {
  hostname: 'mx.hub.example',
  tls: 'offered',
  mechanisms: [],
  authNeedsTls: true,
  user: null,
  maxBytes: 1000,
  smtputf8: true,
  dsn: false,
  requireTls: false,
  limits: { mailMax: 100, rcptMax: 100 },
  xclient: false,
  etrn: false,
};
const secured: Offer = { ...plain, tls: 'on', mechanisms: ['PLAIN', 'LOGIN'], authNeedsTls: false };

const codeOf = (effect: Effect, refused: boolean): string => {
  switch (effect.do) {
    case 'reply':
    case 'refuse':
      return String(effect.reply.code);
    case 'judge':
      return refused ? '550' : String(effect.ok.code);
    case 'read-content':
      return '354';
    case 'read-chunk':
      return String(effect.refusal?.reply.code ?? 250);
    case 'start-tls':
      return '220';
    case 'authenticate':
      return effect.password === 'right' ? '235' : '535';
    case 'auth-turn':
      return effect.response.toString() === 'right' ? '235' : '334';
    case 'xclient':
      return '220';
    default:
      return effect satisfies never;
  }
};

/** Plays a transcript: each `C:` line is said, the next `S:` line is the code expected. Lines that match `refused` are refused by policy. */
function play(transcript: string, offer: Offer, refused: RegExp): State {
  let state: State = fresh;
  let answer = '';
  for (const line of transcript
    .trim()
    .split('\n')
    .map((each) => each.trim())) {
    if (line.startsWith('S: ')) {
      assert.equal(answer, line.slice(3), `answer before "${line}"`);
      continue;
    }
    const said = line.slice(3);
    const step = onLine(state, said, offer);
    const isRefused = refused.test(said);
    answer = codeOf(step.effect, isRefused);
    state = step.effect.do === 'judge' && !isRefused ? step.effect.next : step.state;
  }
  return state;
}

function converse(transcript: string, offer: Offer = plain, refused = /(?!)/): void {
  play(transcript, offer, refused);
}

test('a plain transaction', () => {
  const transcript = `
    C: EHLO a.example
    S: 250
    C: MAIL FROM:<x@a.example>
    S: 250
    C: RCPT TO:<y@hub.example>
    S: 250
    C: RCPT TO:<z@hub.example>
    S: 250
    C: DATA
    S: 354`;
  const state = play(transcript, plain, /(?!)/);
  assert.equal(state.at === 'rcpt' ? state.to.length : 0, 2);
});

test('a refused MAIL leaves no transaction behind', () =>
  converse(
    `
    C: EHLO a.example
    S: 250
    C: MAIL FROM:<bad@a.example>
    S: 550
    C: RCPT TO:<y@hub.example>
    S: 503
    C: MAIL FROM:<x@a.example>
    S: 250`,
    plain,
    /bad@/,
  ));

test('DATA with every recipient refused is 554, not 354 (RFC 5321 3.3)', () =>
  converse(
    `
    C: EHLO a.example
    S: 250
    C: MAIL FROM:<x@a.example>
    S: 250
    C: RCPT TO:<bad@hub.example>
    S: 550
    C: DATA
    S: 554`,
    plain,
    /bad@/,
  ));

test('commands in the wrong place are 503 and change nothing', () =>
  converse(`
    C: MAIL FROM:<x@a.example>
    S: 503
    C: RCPT TO:<y@hub.example>
    S: 503
    C: DATA
    S: 503
    C: HELO a.example
    S: 250
    C: RCPT TO:<y@hub.example>
    S: 503
    C: MAIL FROM:<x@a.example>
    S: 250
    C: MAIL FROM:<x@a.example>
    S: 503
    C: STARTTLS
    S: 503
    C: RCPT TO:<y@hub.example>
    S: 250`));

test('EHLO in the middle of a transaction forgets it (RFC 5321 4.1.4)', () =>
  converse(`
    C: EHLO a.example
    S: 250
    C: MAIL FROM:<x@a.example>
    S: 250
    C: EHLO a.example
    S: 250
    C: RCPT TO:<y@hub.example>
    S: 503`));

test('RSET forgets the transaction and may come before EHLO', () =>
  converse(`
    C: RSET
    S: 250
    C: EHLO a.example
    S: 250
    C: MAIL FROM:<>
    S: 250
    C: RSET
    S: 250
    C: MAIL FROM:<>
    S: 250`));

test('VRFY tells nothing, EXPN is not offered, ETRN is for named networks, junk is 500', () =>
  converse(`
    C: EHLO a.example
    S: 250
    C: VRFY alice
    S: 252
    C: EXPN list
    S: 502
    C: ETRN example.org
    S: 458
    C: NOOP anything goes
    S: 250
    C: HELP
    S: 214
    C: GET / HTTP/1.1
    S: 500
    C: constructor
    S: 500
    C: QUIT
    S: 221`));

test('parameters after HELO are refused: they belong to EHLO', () =>
  converse(`
    C: HELO a.example
    S: 250
    C: MAIL FROM:<x@a.example> SIZE=100
    S: 555`));

test('AUTH before TLS is 538, and not offered', () => {
  converse(`
    C: EHLO a.example
    S: 250
    C: AUTH PLAIN AHUAcmlnaHQ=
    S: 538`);
  const hello = onLine(fresh, 'EHLO a.example', plain).effect;
  assert.ok(hello.do === 'judge' && hello.ok.lines.every((line) => !line.startsWith('AUTH')) && hello.ok.lines.includes('STARTTLS'));
});

test('AUTH PLAIN with and without an initial response', () => {
  converse(
    `
    C: EHLO a.example
    S: 250
    C: AUTH PLAIN AHUAcmlnaHQ=
    S: 235`,
    secured,
  );
  converse(
    `
    C: EHLO a.example
    S: 250
    C: AUTH PLAIN
    S: 334
    C: AHUAd3Jvbmc=
    S: 535
    C: MAIL FROM:<x@a.example>
    S: 250`,
    secured,
  );
});

test('a mechanism with challenges is handed on line by line, only where it is offered', () => {
  const scram: Offer = { ...secured, mechanisms: ['SCRAM-SHA-256', 'PLAIN', 'LOGIN'] };
  const transcript = `
    C: EHLO a.example
    S: 250
    C: AUTH scram-sha-256
    S: 334
    C: b25l
    S: 334
    C: ?
    S: 501
    C: AUTH SCRAM-SHA-256 =
    S: 334
    C: *
    S: 501
    C: AUTH SCRAM-SHA-256-PLUS
    S: 504
    C: AUTH SCRAM-SHA-256 cmlnaHQ=
    S: 235`;
  converse(transcript, scram);
  converse('C: EHLO a.example\nS: 250\nC: AUTH SCRAM-SHA-256\nS: 504', secured);
});

test('AUTH LOGIN asks for name and password', () =>
  converse(
    `
    C: EHLO a.example
    S: 250
    C: AUTH LOGIN
    S: 334
    C: dQ==
    S: 334
    C: cmlnaHQ=
    S: 235`,
    secured,
  ));

test('AUTH can be given up, is strict about base64, and never acts for another', () =>
  converse(
    `
    C: EHLO a.example
    S: 250
    C: AUTH PLAIN
    S: 334
    C: *
    S: 501
    C: AUTH PLAIN !!!!
    S: 501
    C: AUTH PLAIN YWRtaW4AdQByaWdodA==
    S: 535
    C: AUTH CRAM-MD5
    S: 504
    C: AUTH PLAIN =
    S: 501
    C: MAIL FROM:<x@a.example>
    S: 250
    C: AUTH PLAIN AHUAcmlnaHQ=
    S: 503`,
    secured,
  ));

test('STARTTLS is not offered twice, and takes no argument', () => {
  converse(
    `
    C: EHLO a.example
    S: 250
    C: STARTTLS
    S: 503`,
    secured,
  );
  converse(`
    C: EHLO a.example
    S: 250
    C: STARTTLS now
    S: 501
    C: STARTTLS
    S: 220
    C: MAIL FROM:<x@a.example>
    S: 503`);
});

test('XCLIENT from a stranger is 550', () =>
  converse(`
    C: EHLO a.example
    S: 250
    C: XCLIENT ADDR=192.0.2.1
    S: 550`));

test('XCLIENT from a named peer begins the session anew', () =>
  converse(
    `
    C: EHLO a.example
    S: 250
    C: XCLIENT ADDR=192.0.2.1 NAME=[UNAVAILABLE]
    S: 220
    C: MAIL FROM:<x@a.example>
    S: 503`,
    { ...plain, xclient: true },
  ));

test('a message by BDAT: after the first chunk only chunks go on (RFC 3030 2)', () =>
  converse(`
    C: EHLO a.example
    S: 250
    C: MAIL FROM:<x@a.example>
    S: 250
    C: RCPT TO:<y@hub.example>
    S: 250
    C: BDAT 10
    S: 250
    C: DATA
    S: 503
    C: RCPT TO:<z@hub.example>
    S: 503
    C: MAIL FROM:<x@a.example>
    S: 503
    C: STARTTLS
    S: 503
    C: BDAT 0 LAST
    S: 250`));

test('RSET forgets chunks, and DATA is free again', () => {
  const state = play(
    `
    C: EHLO a.example
    S: 250
    C: MAIL FROM:<x@a.example>
    S: 250
    C: RCPT TO:<y@hub.example>
    S: 250
    C: BDAT 10
    S: 250
    C: RSET
    S: 250
    C: MAIL FROM:<x@a.example>
    S: 250
    C: RCPT TO:<y@hub.example>
    S: 250
    C: DATA
    S: 354`,
    plain,
    /(?!)/,
  );
  assert.equal(state.at, 'rcpt');
});

const promised = { dsn: false, requireTls: false };
const oneRecipient: State = {
  at: 'rcpt',
  helo: 'a.example',
  esmtp: true,
  promised,
  from: null,
  parameters: { size: null, body: null, smtputf8: false, auth: null },
  to: [{ localPart: 'y', domain: 'hub.example', text: 'y@hub.example', sourceRoute: null }],
};
const misplacedChunks: readonly [state: State, code: number, why: string][] = [
  [fresh, 503, 'before EHLO'],
  [{ at: 'greeted', helo: 'a.example', esmtp: true, promised }, 503, 'without MAIL'],
  [{ ...oneRecipient, at: 'mail' }, 554, 'every recipient was refused, as for DATA'],
  [{ ...oneRecipient, at: 'chunks', failed: true }, 503, 'behind a chunk that was refused'],
];

for (const [state, code, why] of misplacedChunks) {
  test(`BDAT ${why} is ${code}, and its octets are read all the same: they must not be taken for commands`, () => {
    const step = onLine(state, 'BDAT 5 LAST', plain);
    assert.equal(step.state, state);
    assert.ok(step.effect.do === 'read-chunk');
    assert.deepEqual([step.effect.bytes, step.effect.last, step.effect.refusal?.reply.code], [5, true, code]);
  });
}

test('a BDAT whose size is not understood ends the session: what follows may be content', () => {
  const { effect } = onLine(oneRecipient, 'BDAT many', plain);
  assert.ok(effect.do === 'refuse' && effect.close === true && effect.reply.code === 501);
});
