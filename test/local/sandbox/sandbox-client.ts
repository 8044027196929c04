import * as z from 'zod/mini';
import type { ProgressionRecord } from '../../../local/sandbox/records.ts';
import { type SandboxOptions, startSandbox } from '../../../local/sandbox/server.ts';
import { breaches } from './api-description.ts';

export const KEY = 'test-key';

const Page = z.object({
  data: z.object({
    next: z.nullable(z.string()),
    results: z.array(z.custom<ProgressionRecord>((value) => typeof value === 'object' && value !== null)),
  }),
});
const Failure = z.object({ error: z.object({ code: z.nullable(z.string()), message: z.string() }) });

function kindOf(path: string) {
  if (path === '/check-api-key') return 'key';
  if (path.startsWith('/lms/users')) return 'users';
  return path.startsWith('/lms') ? 'progressions' : 'integration';
}

/**
 * Starts a sandbox, and returns functions for simple requests to it. Every response is compared with the API
 * description.
 */
export async function openSandbox(options: Omit<SandboxOptions, 'apiKey'>) {
  const sandbox = await startSandbox({ apiKey: KEY, ...options });

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(sandbox.url + path, {
      headers: { Authorization: `Bearer ${KEY}`, ...headers },
    });
    const body: unknown = await response.json();
    const breach = breaches(response.ok ? kindOf(path) : 'failure', body);
    if (breach !== '') throw new Error(`${path}: ${breach}`);
    return { status: response.status, headers: response.headers, body };
  };
  const query = (integration: string, parameters: Record<string, string> = {}) =>
    get(`/lms/course-progressions?${new URLSearchParams(parameters)}`, { 'X-Integration-Id': integration });
  const page = async (integration: string, parameters: Record<string, string> = {}) => {
    const { body, status } = await query(integration, parameters);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return Page.parse(body).data;
  };

  return {
    ...sandbox,
    get,
    query,
    page,
    /** Returns the results of each page of a complete pass. */
    pass: async (integration: string, parameters: Record<string, string> = {}) => {
      const pages: ProgressionRecord[][] = [];
      let cursor: string | null = null;
      do {
        const read = await page(integration, cursor === null ? parameters : { ...parameters, cursor });
        pages.push(read.results);
        cursor = read.next;
      } while (cursor !== null);
      return pages;
    },
    /** Returns the HTTP status, the error code and the message of a refused request. */
    refusal: async (answer: Promise<{ status: number; body: unknown }>) => {
      const { status, body } = await answer;
      const { error } = Failure.parse(body);
      return { status, code: error.code, message: error.message };
    },
    [Symbol.asyncDispose]: sandbox.close,
  };
}
