// GNU SASL's own SMTP client: an independent voice for SCRAM, channel bindings and EXTERNAL.
import { peerPath } from './peer.ts';
import { runProgram } from './scratch.ts';

export interface GsaslOptions {
  readonly port: number;
  readonly mechanism: string;
  readonly user?: string;
  readonly password?: string;
  /** Without the channel binding that it would use. */
  readonly noBinding?: boolean;
  readonly certificate?: { readonly cert: string; readonly key: string };
}

export interface GsaslResult {
  readonly ok: boolean;
  /** Both sides of the dialogue. */
  readonly said: string;
}

/** Logs in over STARTTLS and says QUIT. */
export async function gsaslLogin({ port, mechanism, user, password, noBinding = false, certificate }: GsaslOptions): Promise<GsaslResult> {
  const who = [...(user === undefined ? [] : [`--authentication-id=${user}`]), ...(password === undefined ? [] : [`--password=${password}`])];
  const tls = [
    '--starttls',
    '--x509-ca-file=',
    ...(noBinding ? ['--no-cb'] : []),
    ...(certificate === undefined ? [] : [`--x509-cert-file=${certificate.cert}`, `--x509-key-file=${certificate.key}`]),
  ];
  const { code, stdout, stderr } = await runProgram(
    peerPath('gsasl'),
    ['--smtp', `--mechanism=${mechanism}`, ...who, ...tls, '--no-client-first', '127.0.0.1', String(port)],
    { timeoutMs: 20_000 },
  );
  const said = `${stdout}\n${stderr}`;
  return { ok: code === 0 && /^235 /m.test(said), said };
}
