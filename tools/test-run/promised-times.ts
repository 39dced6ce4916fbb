// Stories that promise a time, or a rate that a real server sees: nothing else of ours runs beside them.

/** Test files, as they are found. */
export const promisedTimes: ReadonlySet<string> = new Set([
  'test/e2e/lists.test.ts', // a change is in force within two seconds
  'test/e2e/load.test.ts', // a flood's neighbours are greeted within half a second
  'test/e2e/timeouts.test.ts', // an insider is greeted within a quarter of a second
  'test/peers/hub-brakes-exim.test.ts', // which brake a hub's log shows depends on how fast clients come
  'test/peers/hub-brakes-postfix.test.ts',
  'test/peers/hub-brakes-sendmail.test.ts',
  'test/peers/nftables.test.ts', // twenty thousand networks within five seconds
]);
