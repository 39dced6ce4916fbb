// SPF policy servers beside Postfix (policyd-spf, postfix-policyd-spf-perl): `Pass; identity=mailfrom; client-ip=192.0.2.7; helo=a;
// envelope-from=b@c; receiver=d`, `prepend Received-SPF: ...`, `Policy action=550 Please see ...`.
import { clientOf, namesNobody, type LogLine, type Reading, reading } from '../line.ts';

/** A line of a policy server for SPF. A failure of SPF by itself is a fact, no judgement; a refusal is one. */
export function readPolicySpf({ text }: LogLine): Reading {
  // `550 5.7.23 Message rejected due to: SPF fail ... ?s=mfrom;id=b@c;ip=192.0.2.7;r=d`: the sender stands before the address.
  const link = text.lastIndexOf(';ip=');
  const client = clientOf(valueOf(text, 'client-ip=') ?? (link < 0 ? '' : (valueOf(text.slice(link), ';ip=') ?? '')));
  const from = valueOf(text, 'envelope-from=');
  const refused = text.startsWith('Policy action=5') || text.startsWith('Action: reject') || text.startsWith('550 ') || text.startsWith('action=reject');
  if (client === null && from === null) return refused ? reading('reject', { outcome: 'refused', reason: text }) : namesNobody;
  return reading(refused ? 'reject' : 'notice', { client, from, hostile: refused && client !== null, outcome: refused ? 'refused' : null, reason: text });
}

/** The value up to a semicolon, without quotes or angle brackets. */
function valueOf(text: string, mark: string): string | null {
  const at = text.indexOf(mark);
  if (at < 0) return null;
  const start = at + mark.length;
  const end = text.slice(start).search(/[;\s]/);
  const value = end < 0 ? text.slice(start) : text.slice(start, start + end);
  return /^(?:".*"|<.*>)$/.test(value) ? value.slice(1, -1) : value;
}
