import { clean, defineCheck, finding } from '../check.ts';

/** Content with a bare CR or LF: the material of SMTP smuggling (CVE-2023-51764). Normalised by default, and then only recorded. */
export const badLineEnds = defineCheck({
  id: 'bad-line-ends',
  stages: ['message'],
  kind: 'protocol',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'pass' },
  options: ({ smtp }) => ({ normalized: smtp.lineEnds === 'normalize' }),

  run({ content }, _facts, { normalized }) {
    if (content.bareLineEnds === 0) return clean;
    return finding('lines that do not end with CRLF', { bareLineEnds: content.bareLineEnds }, normalized ? { action: 'observe' } : {});
  },
});
