// Outgoing quotas (mission R5): who sends, what is counted, and how much of it is used up.

/** user: authenticated. host, network: an inside address or its network without AUTH. customer: the domain of the sender, one we relay for. */
export type QuotaKind = 'user' | 'host' | 'network' | 'customer';

/** What is counted, by the name of its option: recipients elsewhere, in our own domains, and of both. */
export const quotaClocks = ['externalRecipientsPerHour', 'internalRecipientsPerHour', 'recipientsPerDay'] as const;
export type QuotaClock = (typeof quotaClocks)[number];

/** Recipients at most; 0: no limit. */
export type QuotaLimits = Readonly<Record<QuotaClock, number>>;

export interface QuotaAccount {
  readonly kind: QuotaKind;
  readonly name: string;
}

/** How a clock of an account stands. */
export interface QuotaUse extends QuotaAccount {
  readonly clock: QuotaClock;
  readonly used: number;
  readonly limit: number;
}

/** An operator gave a user more for a while. */
export interface QuotaRaise {
  /** As `quotaKey` has it. */
  readonly user: string;
  /** Every limit so many times; null: no limit. */
  readonly times: number | null;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly by: string;
}

/** How an account is called in records and commands: `user bob`. Names are the same whatever their case. */
export const quotaKey = ({ kind, name }: QuotaAccount): string => `${kind} ${name.normalize('NFC').toLowerCase()}`;
