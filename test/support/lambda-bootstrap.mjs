// Does the same as Lambda's Node runtime: loads the handler, requests invocations, and posts the response of the handler to each.
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const post = (path, body) => fetch(`${api}/${path}`, { method: 'POST', body: JSON.stringify(body ?? null) });
const failure = (error) => ({ errorType: error?.name, errorMessage: error?.message });

let handler;
try {
  const begun = performance.now();
  ({ handler } = await import(pathToFileURL(process.argv[2]).href));
  await post('init/ready', { ms: performance.now() - begun });
} catch (error) {
  await post('init/error', failure(error));
  process.exit(1);
}

for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    invokedFunctionArn: next.headers.get('lambda-runtime-invoked-function-arn'),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    await post(`invocation/${id}/response`, await handler(await next.json(), context));
  } catch (error) {
    await post(`invocation/${id}/error`, failure(error));
  }
}
