// SPF, DKIM and DMARC of one message. The one file that knows mailauth; it is loaded when the first message is looked at, and only the parts of
// it that are used.
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { dmarc } from 'mailauth/lib/dmarc/index.js';
import { spf } from 'mailauth/lib/spf/index.js';
import type { SenderProof } from '../model/content-reading.ts';
import type { RecordLookup } from './dns-records.ts';

export interface MessageToProve {
  readonly ip: string;
  readonly helo: string;
  /** Envelope sender; '' is the null sender. */
  readonly from: string;
  /** The message as it is to be read: line ends CRLF, dots not stuffed. Without a signature its header is enough. */
  readonly message: Buffer;
}

export interface ProofSources {
  readonly lookUp: RecordLookup;
  /** Our name, for SPF's macros. */
  readonly hostname: string;
}

type Found = { -readonly [K in keyof SenderProof]: SenderProof[K] };

/** Characters of `b=` that name a signature; as in the message's traits. */
const markLength = 16;

/** Looks everything up, and puts each result into `found` as soon as it is known. */
export async function proveSender({ ip, helo, from, message }: MessageToProve, { lookUp, hostname }: ProofSources, found: Found): Promise<void> {
  const spfDone = spf({ ip, helo, sender: from, mta: hostname, resolver: lookUp }).then((result) => {
    found.spf = result.status.result;
    return result;
  });
  const dkimDone = dkimVerify(message, { resolver: lookUp, sender: from }).then((result) => {
    const signed = result.results.filter(({ signingDomain }) => signingDomain !== undefined);
    if (signed.length > 0)
      found.dkim = signed.map(({ signingDomain = '', signature = '', status }) => ({
        domain: signingDomain.toLowerCase(),
        mark: signature.replace(/\s/g, '').slice(0, markLength),
        result: status.result,
      }));
    return result;
  });
  const [bySpf, byDkim] = await Promise.all([spfDone, dkimDone]);
  const passed = byDkim.results.filter(({ status }) => status.result === 'pass');
  const judged = await dmarc({
    headerFrom: byDkim.headerFrom,
    fromFields: byDkim.fromFields,
    spfDomains: bySpf.status.result === 'pass' ? [bySpf.domain] : [],
    dkimDomains: passed.map(({ signingDomain = '', status: { aligned, underSized } }) => ({
      domain: signingDomain,
      ...(aligned === undefined ? {} : { aligned }),
      ...(underSized === undefined ? {} : { underSized }),
    })),
    resolver: lookUp,
  });
  found.dmarc = judged === false ? 'none' : judged.status.result;
}
