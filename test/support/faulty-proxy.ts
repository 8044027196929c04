import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { NetworkFault, RefusingAnswer } from './network-fault.ts';

/** A proxy in front of an HTTP service on this machine. It causes faults in requests and responses. */
export type FaultyProxy = {
  /** The URL to use instead of the URL of the service. */
  endpoint: string;
  /** The kinds of fault that have occurred. */
  struck: Set<NetworkFault['kind']>;
  /** Ends the faults. Settles when all requests, including delayed ones, have arrived. */
  calm(): Promise<void>;
  close(): Promise<void>;
};

type Asked = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'> & { body: Buffer };
type Answered = { status: number; rawHeaders: string[]; body: Buffer };

/**
 * Starts a proxy with faults.
 *
 * @param draw returns the fault of the next request, or null
 */
export async function startFaultyProxy(
  target: string,
  draw: () => NetworkFault | null,
): Promise<FaultyProxy> {
  const agent = new Agent({ keepAlive: true });
  const struck: FaultyProxy['struck'] = new Set();
  const underWay = new Set<Promise<void>>();
  let late: { asked: Asked; waits: number }[] = [];
  let isCalm = false;

  const deliverLate = async (mayWait: boolean) => {
    for (const one of late) one.waits -= 1;
    const due = late.filter(({ waits }) => !mayWait || waits <= 0);
    late = late.filter((one) => !due.includes(one));
    for (const { asked } of due) await forward(target, agent, asked);
  };

  const serve = async (message: IncomingMessage, response: ServerResponse) => {
    const { method, url, rawHeaders } = message;
    const asked: Asked = { method, url, rawHeaders, body: await buffer(message) };
    await deliverLate(true);
    const fault = isCalm ? null : draw();
    if (fault === null) return answerWith(response, await forward(target, agent, asked));
    struck.add(fault.kind);
    switch (fault.kind) {
      case 'lost-request':
        return drop(response);
      case 'late-request':
        late.push({ asked, waits: fault.after });
        return drop(response);
      case 'lost-answer':
        await forward(target, agent, asked);
        return drop(response);
      case 'cut-answer': {
        const { status, rawHeaders, body } = await forward(target, agent, asked);
        response.writeHead(status, rawHeaders);
        return void response.write(body.subarray(0, body.length / 2), () => drop(response));
      }
      case 'halved-answer': {
        const { body, ...head } = await forward(target, agent, asked);
        return answerWith(response, { ...head, body: body.subarray(0, body.length / 2) });
      }
      case 'slow-answer': {
        const answered = await forward(target, agent, asked);
        await setTimeout(fault.ms);
        return answerWith(response, answered);
      }
      case 'refused':
        return refuse(response, fault.answer);
      case 'refused-though-done':
        await forward(target, agent, asked);
        return refuse(response, fault.answer);
    }
  };

  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    // When the client has closed its connection or the service has stopped, the connection to the client is
    // closed.
    const served = serve(message, response).catch(() => drop(response));
    underWay.add(served);
    void served.finally(() => underWay.delete(served));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    struck,
    async calm() {
      isCalm = true;
      await Promise.all(underWay);
      await deliverLate(false);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function forward(
  target: string,
  agent: Agent,
  { method, url, rawHeaders, body }: Asked,
): Promise<Answered> {
  const sent = request(new URL(url ?? '/', target), { method, agent, headers: rawHeaders });
  sent.end(body);
  const [response]: IncomingMessage[] = await once(sent, 'response');
  if (response === undefined) throw new Error('no response');
  return {
    status: response.statusCode ?? 502,
    rawHeaders: response.rawHeaders,
    body: await buffer(response),
  };
}

/** Sends a response whose `content-length` is computed from the body, because the body may be only a half. */
function answerWith(response: ServerResponse, { status, rawHeaders, body }: Answered): void {
  const names = rawHeaders.filter((_, at) => at % 2 === 0);
  const headers = names.flatMap((name, at) =>
    /^(content-length|transfer-encoding)$/i.test(name) ? [] : [name, rawHeaders[at * 2 + 1] ?? ''],
  );
  response.writeHead(status, [...headers, 'content-length', String(body.length)]);
  response.end(body);
}

function refuse(response: ServerResponse, { status, headers, body }: RefusingAnswer): void {
  response.writeHead(status, headers);
  response.end(body);
}

function drop(response: ServerResponse): void {
  response.destroy();
}
