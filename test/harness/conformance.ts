// A standard as a table: each row names the section it stands for and plays its dialogue against a gateway that runs.
import { test } from 'node:test';
import type { Gateway } from './gateway.ts';
import type { Owner } from './scratch.ts';
import { SmtpClient } from './smtp-client.ts';
import { until } from './until.ts';

export interface Row {
  readonly section: string;
  readonly says: string;
  /** As in `SmtpClient.converse`; begins behind the greeting. */
  readonly dialogue: string;
  /** Default a stranger; 127.0.0.1 plays an insider. */
  readonly from?: string;
  readonly listener?: string;
  /** The dialogue begins under TLS, which STARTTLS has brought. */
  readonly tls?: true;
  /** What the dialogue cannot show. */
  afterwards?(client: SmtpClient): void | Promise<void>;
}

/** One test a row, one after the other, each with a connection of its own. */
export function conforms(standard: string, gateway: Gateway, rows: readonly Row[]): void {
  for (const row of rows) test(titleOf(standard, row), (t) => play(t, gateway, row));
}

/** All rows at the same time: for those that wait for a deadline. */
export function conformsInTime(standard: string, gateway: Gateway, rows: readonly Row[]): void {
  test(`${standard}, deadlines`, { concurrency: rows.length }, (t) =>
    Promise.all(rows.map((row) => t.test(titleOf(standard, row), (each) => play(each, gateway, row)))).then(() => {}),
  );
}

const titleOf = (standard: string, { section, says }: Row): string => `${standard} ${section}: ${says}`;

async function play(owner: Owner, gateway: Gateway, { dialogue, from = '127.0.0.2', listener, tls, afterwards }: Row): Promise<void> {
  const client = await SmtpClient.connect(owner, { port: gateway.port(listener), from });
  await client.converse('S: 220');
  if (tls) {
    await client.converse('C: EHLO client.example\nS: 250');
    await client.startTls();
  }
  await client.converse(dialogue);
  // Without a word behind the last 250 the gateway takes the next row's equal message for a retry.
  await client.quit().catch(() => {});
  await afterwards?.(client);
}

/** Waits until EHLO offers a keyword: what depends on the hub is known once it was met. */
export async function untilOffered(owner: Owner, gateway: Gateway, keyword: string, from = '127.0.0.2'): Promise<void> {
  const client = await SmtpClient.greet(owner, { port: gateway.port(), from });
  await until(`EHLO to offer ${keyword}`, async () => (await client.ask('EHLO client.example')).lines.some((line) => line.slice(4) === keyword));
  await client.quit();
}
