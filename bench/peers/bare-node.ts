// The floor for this runtime, not a competitor: SMTP on bare node:net without policy, log, DNS, timeouts or limits. It trusts its clients.
// `node bench/peers/bare-node.ts PORT proxy|refuse|banner [HUB-PORT]`: proxy forwards whole messages over pooled hub connections, refusing nobody*@.
import { connect, createServer, type Socket } from 'node:net';

const [portText = '', mode = 'refuse', hubPort = ''] = process.argv.slice(2);
const END = Buffer.from('\r\n.\r\n');

/** A connection to the hub that carries one message at a time; `answer` hears the code of the reply to the final dot. */
interface HubConnection {
  readonly socket: Socket;
  repliesDue: number;
  answer: (code: string) => void;
}
const idle: HubConnection[] = [];

function openHub(): HubConnection {
  const hub: HubConnection = { socket: connect({ port: Number(hubPort), host: '127.0.0.1', noDelay: true }), repliesDue: 2, answer: () => undefined };
  let rest = '';
  hub.socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line[3] !== '-' && --hub.repliesDue === 0) hub.answer(line.slice(0, 3));
  });
  hub.socket.on('error', () => undefined);
  hub.socket.on('close', () => idle.includes(hub) && idle.splice(idle.indexOf(hub), 1));
  hub.socket.write('EHLO bare.example\r\n');
  return hub;
}

function forward(from: string, to: readonly string[], content: Buffer, done: (code: string) => void): void {
  const hub = idle.pop() ?? openHub();
  hub.repliesDue += 2 + to.length;
  hub.answer = (first) => {
    if (first !== '354') return done('451'); // the floor does not recover: the hub accepts everything in this comparison
    hub.repliesDue = 1;
    hub.answer = (code) => {
      idle.push(hub);
      done(code);
    };
    hub.socket.write(content);
  };
  hub.socket.write(`MAIL FROM:${from}\r\n${to.map((one) => `RCPT TO:${one}\r\n`).join('')}DATA\r\n`);
}

function serve(socket: Socket): void {
  let from = '';
  let to: string[] = [];
  let rest = '';
  let content: Buffer[] | null = null;
  socket.on('error', () => undefined);
  if (mode === 'banner') return void socket.end('554 5.7.1 No\r\n');
  socket.write('220 bare.example ESMTP\r\n');

  const command = (line: string): string => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'MAIL') [from, to] = [line.slice(10), []];
    else if (verb === 'RCPT' && (mode === 'refuse' || line.startsWith('nobody', 9))) return '550 5.1.1 Unknown\r\n';
    else if (verb === 'RCPT') to.push(line.slice(8));
    else if (verb === 'DATA') content = [];
    return verb === 'DATA' ? '354 Go on\r\n' : verb === 'QUIT' ? '221 2.0.0 Bye\r\n' : '250 2.0.0 Ok\r\n';
  };
  const collect = (parts: Buffer[], chunk: Buffer): void => {
    parts.push(chunk);
    const tail = chunk.length >= 5 ? chunk : Buffer.concat(parts);
    if (!tail.subarray(-5).equals(END)) return;
    content = null;
    forward(from, to, Buffer.concat(parts), (code) => socket.write(`${code} 2.0.0 Ok\r\n`));
  };
  socket.on('data', (chunk: Buffer) => {
    if (content !== null) return collect(content, chunk);
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    let replies = '';
    for (const line of lines) replies += command(line);
    if (replies.endsWith('Bye\r\n')) socket.end(replies);
    else socket.write(replies);
  });
}

createServer({ noDelay: true }, serve).listen({ port: Number(portText), host: '127.0.0.1', backlog: 4096 });
