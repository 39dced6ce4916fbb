// Inside addresses behind which the world stands, as the keeper knows them: doors note, the detector decides, all doors are told.
import { LostClientAddresses, type InboundFromInside } from '../detect/lost-client-address.ts';
import type { DistrustedAddress } from '../facts/inside-use.ts';
import type { Recorder } from '../model/events.ts';

export interface LostAddresses {
  /** Takes a door's note. */
  note(use: InboundFromInside): void;
  /** In force now. */
  list(): readonly DistrustedAddress[];
}

export interface LostAddressesParts {
  readonly record: Recorder;
  changed(addresses: readonly DistrustedAddress[]): void;
  now(): number;
}

/** A renewal is told to the doors when it moves the end by so much, in ms. */
const renewMs = 3_600_000;

export function createLostAddresses({ record, changed, now }: LostAddressesParts): LostAddresses {
  const detector = new LostClientAddresses();
  const lost = new Map<string, number>();
  const list = (): readonly DistrustedAddress[] => {
    for (const [ip, untilMs] of lost) if (untilMs <= now()) lost.delete(ip);
    return [...lost].map(([ip, untilMs]) => ({ ip, untilMs }));
  };
  return {
    list,
    note: (use) => {
      const alarm = detector.note(use);
      if (alarm === null) return;
      const before = lost.get(alarm.ip) ?? 0;
      if (alarm.untilMs - before < renewMs) return;
      lost.set(alarm.ip, alarm.untilMs);
      if (before <= now())
        record({
          type: 'client-address-lost',
          ip: alarm.ip,
          heloNames: alarm.heloNames,
          senderDomains: alarm.senderDomains,
          samples: alarm.samples,
          until: alarm.untilMs,
        });
      changed(list());
    },
  };
}
