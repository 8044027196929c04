import { courseProgressions } from './actions/course-progressions.ts';
import { integrationDetails } from './actions/integration-details.ts';
import { users } from './actions/users.ts';
import type { SandboxControl, SandboxIntegration } from './records.ts';
import { type ApiResponse, failure, noSuchPath, success } from './response.ts';

export type ApiRequest = {
  path: string;
  query: URLSearchParams;
  authorization: string | undefined;
  integration: string | undefined;
};

const PROGRESSIONS = '/v1/lms/course-progressions';
const USERS = '/v1/lms/users';
const INTEGRATION = '/v1/integrations/';
const CHECK_KEY = '/v1/check-api-key';

const KEY_OWNER = { environment_id: 'sandbox-environment', customer_id: 'sandbox-customer' };

/** Behaves as Kombo's reference describes, without HTTP. */
export function sandboxApi(options: {
  apiKey: string;
  integrations: readonly SandboxIntegration[];
  now: () => number;
  control: SandboxControl;
}) {
  const { apiKey, now, control } = options;
  const integrations = new Map<string, SandboxIntegration>(options.integrations.map((one) => [one.id, one]));
  const unknown = (id: string) =>
    failure('PLATFORM.INTEGRATION_NOT_FOUND', `There is no integration "${id}".`);

  return {
    /** Returns the response to a wrong key, or null if the key is correct. */
    refuse: ({ authorization }: ApiRequest): ApiResponse | null =>
      authorization === `Bearer ${apiKey}`
        ? null
        : failure('PLATFORM.AUTHENTICATION_INVALID', 'The API key was not accepted.'),
    respond({ path, query, integration: id }: ApiRequest): ApiResponse {
      if (path === CHECK_KEY) return success(KEY_OWNER);
      if (path !== PROGRESSIONS && path !== USERS) {
        const named = path.startsWith(INTEGRATION) ? decoded(path.slice(INTEGRATION.length)) : null;
        if (named === null) return noSuchPath(path);
        if (!integrations.has(named)) return unknown(named);
        return integrationDetails(named, control.dataExpiredAt.get(named) ?? null);
      }
      if (id === undefined)
        return failure('PLATFORM.INPUT_INVALID', 'The header X-Integration-Id is missing.');
      const integration = integrations.get(id);
      if (integration === undefined) return unknown(id);
      return path === USERS
        ? users(integration.records.at(now()), query)
        : courseProgressions(integration, query, now(), control.largestPage);
    },
  };
}

const decoded = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};
