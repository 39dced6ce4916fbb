// A check of your own: the client greets with a bare IP address instead of a name (RFC 5321 4.1.1.1 wants a name or a literal in brackets).
// The file's name is the check's id: in the log, in `floodgate explain`, and under `checks:` in the configuration.
import type { HeloInput } from '../../src/model/stage-input.ts';

export default {
  stage: 'helo',
  action: 'tag',

  run({ client, helo }: HeloInput) {
    if (client.inside) return null;
    return /^\d{1,3}(\.\d{1,3}){3}$/.test(helo) ? { because: 'greets with a bare address', evidence: { helo } } : null;
  },
};
