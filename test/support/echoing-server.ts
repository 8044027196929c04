import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * A server for clients of AWS and Kombo. It responds to each request with its `status`, and with `echo` in
 * every field.
 */
export type EchoingServer = {
  endpoint: string;
  status: number;
  /** The text that is repeated. If it is null, the address, headers and body of the request are repeated. */
  echo: string | null;
  close(): Promise<void>;
};

export async function startEchoingServer(): Promise<EchoingServer> {
  const server = createServer(async (request, response) => {
    const asked = `${request.url} ${JSON.stringify(request.headers)} ${await text(request)}`;
    const said = echoing.echo ?? asked;
    // A header can contain neither line breaks nor letters outside Latin-1.
    const header = said.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 4_000);
    const isXml = request.headers['x-amz-target'] === undefined && request.url?.startsWith('/v1') !== true;
    response.writeHead(echoing.status, {
      'content-type': isXml ? 'application/xml' : 'application/x-amz-json-1.0',
      'x-amzn-errortype': header,
      'x-amzn-query-error': `${header};Sender`,
      'x-amzn-requestid': header,
      date: new Date(0).toUTCString(),
    });
    response.end(isXml ? xmlOf(said) : JSON.stringify(fieldsOf(said)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const echoing: EchoingServer = {
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    status: 400,
    echo: null,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return echoing;
}

function fieldsOf(said: string): object {
  const one = { Id: '0', ErrorCode: said, ErrorMessage: said, Code: said, Message: said, SenderFault: true };
  const error = { code: said, title: said, message: said, log_url: `https://kombo.test/${said}` };
  return {
    __type: said,
    code: said,
    Code: said,
    message: said,
    Message: said,
    name: said,
    syscall: said,
    FailedEntryCount: 1,
    Entries: [one],
    Failed: [one],
    status: 'error',
    error,
    data: error,
  };
}

function xmlOf(said: string): string {
  const escaped = said.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<?xml version="1.0"?><Error><Code>${escaped}</Code><Message>${escaped}</Message><Key>${escaped}</Key></Error>`;
}
