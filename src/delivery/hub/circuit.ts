// A circuit breaker for connecting to one next hop (engineering 4.4): pure, time comes in as milliseconds of any origin.

export type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly untilMs: number }
  /** One attempt is on its way. */
  | { readonly state: 'half-open' };

export interface CircuitLimits {
  /** Consecutive failures to connect that open it. */
  readonly failures: number;
  readonly openMs: number;
}

/** Five failures, ten seconds: short enough that a restarted hub has its mail back before clients retry. */
export const usualCircuitLimits: CircuitLimits = { failures: 5, openMs: 10_000 };

export const closedCircuit: Circuit = { state: 'closed', failures: 0 };

/** May a connection be tried now? The circuit afterwards is half-open when this try is the one that tests the hub. */
export function beforeConnect(circuit: Circuit, nowMs: number): { readonly allowed: boolean; readonly circuit: Circuit } {
  switch (circuit.state) {
    case 'closed':
      return { allowed: true, circuit };
    case 'open':
      return nowMs >= circuit.untilMs ? { allowed: true, circuit: { state: 'half-open' } } : { allowed: false, circuit };
    case 'half-open':
      return { allowed: false, circuit };
    default:
      return circuit satisfies never;
  }
}

/** The circuit after a connection was made, greeting and EHLO included. */
export const afterSuccess = (circuit: Circuit): Circuit => (circuit.state === 'closed' && circuit.failures === 0 ? circuit : closedCircuit);

/** The circuit after a try failed. */
export function afterFailure(circuit: Circuit, nowMs: number, limits: CircuitLimits = usualCircuitLimits): Circuit {
  const open: Circuit = { state: 'open', untilMs: nowMs + limits.openMs };
  switch (circuit.state) {
    case 'closed':
      return circuit.failures + 1 >= limits.failures ? open : { state: 'closed', failures: circuit.failures + 1 };
    case 'half-open':
      return open;
    case 'open':
      return circuit; // a try from before it opened: no reason to wait longer
    default:
      return circuit satisfies never;
  }
}
