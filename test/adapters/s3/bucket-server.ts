import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

type StoredObject = { body: Buffer; metadata: Record<string, string> };

/** A stand-in for one bucket over HTTP: `PutObject` with `If-None-Match`, and `HeadObject`. */
export async function startBucket() {
  const objects = new Map<string, StoredObject>();
  let refusal: number | null = null;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    objects,
    refuse: (status: number | null) => {
      refusal = status;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = decodeURIComponent(new URL(request.url ?? '/', 'http://bucket').pathname);
    const body = await buffer(request);
    if (refusal !== null) return void response.writeHead(refusal).end();
    const there = objects.get(key);
    if (request.method === 'HEAD') {
      if (there === undefined) return void response.writeHead(404).end();
      const headers = Object.entries(there.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
      return void response.writeHead(200, Object.fromEntries(headers)).end();
    }
    if (there !== undefined && request.headers['if-none-match'] === '*') {
      return void response.writeHead(412).end();
    }
    const metadata = Object.entries(request.headers).flatMap(([name, value]) =>
      name.startsWith('x-amz-meta-') ? [[name.slice('x-amz-meta-'.length), String(value)]] : [],
    );
    objects.set(key, { body, metadata: Object.fromEntries(metadata) });
    response.writeHead(200, { etag: '"1"' }).end();
  }
}
