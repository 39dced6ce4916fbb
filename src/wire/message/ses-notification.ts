// Amazon SES by way of SNS: a bounce, complaint or delivery as one JSON object in the text, wrapped to lines.
import { addressesIn, tidyAddress } from './address-text.ts';

export interface SesNotification {
  readonly kind: 'bounce' | 'delayed' | 'feedback' | 'delivered';
  readonly recipients: readonly string[];
  readonly permanent: boolean | null;
  readonly diagnostic: string;
  readonly status: string | null;
  readonly messageId: string | null;
}

const kinds = { Bounce: 'bounce', Complaint: 'feedback', Delivery: 'delivered', DeliveryDelay: 'delayed' } as const;

/** Characters of a gateway's banner that may stand in front, where Amazon itself is the sender. */
const longestBanner = 500;

/** Reads the notification of a text; null when it holds none. Words in front of it are a person's, unless Amazon has sent the message. */
export function sesNotification(words: string, from = ''): SesNotification | null {
  const start = words.slice(0, longestBanner).indexOf('{"');
  const type = /"(?:notificationType|eventType)" ?: ?"(Bounce|Complaint|Delivery|DeliveryDelay)"/.exec(words.slice(0, 20_000))?.[1];
  if (start < 0 || type === undefined || (words.slice(0, start).trim() !== '' && !/@(?:[a-z0-9-]{1,63}\.){0,5}amazonaws\.com(?![\w.-])/i.test(from)))
    return null;
  const json = recordOf(parsed(words.slice(start)));
  const detail = recordOf(json[{ Bounce: 'bounce', Complaint: 'complaint', Delivery: 'delivery', DeliveryDelay: 'deliveryDelay' }[type] ?? '']);
  const mail = recordOf(json['mail']);
  const people = arrayOf(detail['bouncedRecipients'] ?? detail['complainedRecipients'] ?? detail['delayedRecipients'] ?? detail['recipients']);
  const first = recordOf(people[0]);
  const headers = recordOf(mail['commonHeaders']);
  return {
    kind: kinds[type as keyof typeof kinds], // the pattern names no other
    recipients: people
      .flatMap((one) => addressesIn(typeof one === 'string' ? one : textOf(recordOf(one)['emailAddress']), 1))
      .map((one) => tidyAddress(one.address)),
    permanent: detail['bounceType'] === 'Permanent' ? true : detail['bounceType'] === 'Transient' ? false : null,
    diagnostic: textOf(first['diagnosticCode']) || textOf(detail['smtpResponse']),
    status: textOf(first['status']) || null,
    messageId: textOf(headers['messageId']) || null,
  };
}

/** The object up to its last brace; the lines of the mail are put together again. Text that is no JSON gives null. */
function parsed(text: string): unknown {
  const end = text.lastIndexOf('}');
  for (const joined of [text.slice(0, end + 1).replaceAll('\n ', ''), text.slice(0, end + 1).replaceAll('\n', '')]) {
    try {
      return JSON.parse(joined);
    } catch {
      // wrapped in another way; the next form is tried
    }
  }
  return null;
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});
const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, 100) : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
