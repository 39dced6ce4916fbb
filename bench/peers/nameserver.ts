// A name server on loopback that knows no name at all: the gateway asks its usual questions and gets a quick, honest no.
import { createSocket } from 'node:dgram';

export interface NameServer {
  readonly port: number;
  stop(): void;
}

/** Answers every question with NXDOMAIN. */
export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const answer = Buffer.from(question);
    if (answer.length < 12) return;
    answer.writeUInt16BE(0x8183, 2); // RFC 1035 4.1.1: a response, recursion offered, code 3: no such name
    answer.fill(0, 6, 12); // no records, the question's own extra ones not repeated
    socket.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, stop: () => socket.close() };
}
