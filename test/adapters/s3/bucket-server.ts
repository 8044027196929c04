import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A fake of one S3 bucket over HTTP: objects with entity tags, and conditional writes. */
export async function startBucket() {
  const objects = new Map<string, Buffer>();
  let refusal: { status: number; code: string } | null = null;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    objects,
    refuse: (status: number | null, code = '') => {
      refusal = status === null ? null : { status, code };
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = decodeURIComponent(new URL(request.url ?? '/', 'http://bucket').pathname);
    const body = await buffer(request);
    if (refusal !== null) {
      const { status, code } = refusal;
      return void response.writeHead(status).end(code && `<Error><Code>${code}</Code></Error>`);
    }
    const there = objects.get(key);
    switch (request.method) {
      case 'HEAD':
        return void response.writeHead(there === undefined ? 404 : 200).end();
      case 'GET':
        if (there === undefined) return void response.writeHead(404).end();
        return void response.writeHead(200, { etag: tagOf(there) }).end(there);
      case 'DELETE':
        objects.delete(key);
        return void response.writeHead(204).end();
      default:
        return put(request, response, key, body);
    }
  }

  function put({ headers }: IncomingMessage, response: ServerResponse, key: string, body: Buffer): void {
    const there = objects.get(key);
    const wanted = headers['if-match'];
    if (there === undefined && wanted !== undefined) return void response.writeHead(404).end();
    if (
      there !== undefined &&
      (headers['if-none-match'] === '*' || (wanted ?? tagOf(there)) !== tagOf(there))
    )
      return void response.writeHead(412).end();
    objects.set(key, body);
    response.writeHead(200, { etag: tagOf(body) }).end();
  }
}

function tagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
