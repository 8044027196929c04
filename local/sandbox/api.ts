import { courseProgressions } from './actions/course-progressions.ts';
import { integrationDetails } from './actions/integration-details.ts';
import { users } from './actions/users.ts';
import type { SandboxConditions } from './control.ts';
import type { SandboxIntegration } from './records.ts';
import { type ApiResponse, failure, noSuchPath, success, unknownIntegration } from './response.ts';

/** A parsed request. */
export type ApiRequest = {
  path: string;
  query: URLSearchParams;
  authorization: string | undefined;
  integration: string | undefined;
  /** The URL of Kombo's log about this request. A failure response contains it. */
  logUrl: string;
};

export type Api = {
  /** Returns the response to a request with a wrong key, or null when the key is correct. */
  refuse(request: ApiRequest): ApiResponse | null;
  respond(request: ApiRequest): ApiResponse;
};

const PROGRESSIONS = '/v1/lms/course-progressions';
const USERS = '/v1/lms/users';
const INTEGRATION = '/v1/integrations/';
const CHECK_KEY = '/v1/check-api-key';

/** The data of `GET /check-api-key`. */
const KEY_OWNER = { environment_id: 'sandbox-environment', customer_id: 'sandbox-customer' };

/**
 * Creates Kombo's API for the records of integrations, without HTTP. The API behaves as Kombo's reference
 * describes.
 */
export function sandboxApi(options: {
  apiKey: string;
  integrations: readonly SandboxIntegration[];
  now: () => number;
  conditions: SandboxConditions;
}): Api {
  const { apiKey, now, conditions } = options;
  const integrations = new Map<string, SandboxIntegration>(options.integrations.map((one) => [one.id, one]));

  /** Responds to a request whose header names an integration. */
  const ofIntegration = (
    { integration: id, logUrl }: ApiRequest,
    respond: (integration: SandboxIntegration) => ApiResponse,
  ): ApiResponse => {
    if (id === undefined)
      return failure('PLATFORM.INPUT_INVALID', 'The header X-Integration-Id is missing.', logUrl);
    const integration = integrations.get(id);
    return integration === undefined ? unknownIntegration(id, logUrl) : respond(integration);
  };

  const progressions =
    ({ query, logUrl }: ApiRequest) =>
    (integration: SandboxIntegration) =>
      courseProgressions(integration, query, {
        now: now(),
        generation: conditions.cursorGeneration(),
        largestPage: conditions.largestPage(),
        logUrl,
      });

  const details = (id: string, logUrl: string): ApiResponse => {
    const integration = integrations.get(id);
    if (integration === undefined) return unknownIntegration(id, logUrl);
    return integrationDetails(integration.id, conditions.dataExpiredAt(id));
  };

  return {
    refuse: ({ authorization, logUrl }) =>
      authorization === `Bearer ${apiKey}`
        ? null
        : failure('PLATFORM.AUTHENTICATION_INVALID', 'The API key was not accepted.', logUrl),
    respond: (request) => {
      const { path, logUrl } = request;
      if (path === CHECK_KEY) return success(KEY_OWNER);
      if (path === PROGRESSIONS) return ofIntegration(request, progressions(request));
      if (path === USERS) {
        return ofIntegration(request, ({ records }) => users(records.at(now()), request.query, logUrl));
      }
      const id = path.startsWith(INTEGRATION) ? decoded(path.slice(INTEGRATION.length)) : null;
      return id === null ? noSuchPath(path, logUrl) : details(id, logUrl);
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
