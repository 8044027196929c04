import type { IntegrationId } from '../../functions/contract/integration.ts';
import { type Answer, failure, noSuchPath, success, unknownIntegration } from './answer.ts';
import { integrationDetails } from './integration-details.ts';
import { decodeCursor, encodeCursor, fingerprint } from './page-cursor.ts';
import { type FilterName, parsePageRequest } from './page-request.ts';
import { readPage } from './read-page.ts';
import type { RecordSource } from './record-source.ts';
import type { SandboxConditions } from './sandbox-control.ts';
import { withinScope } from './scope.ts';

/** One integration that the sandbox serves. */
export type SandboxIntegration = {
  id: IntegrationId;
  records: RecordSource;
  /** Filters on fields that the connector does not know. */
  unsupportedFilters?: readonly FilterName[];
};

/** One request, read off the wire. */
export type ApiRequest = {
  path: string;
  query: URLSearchParams;
  authorization: string | undefined;
  integration: string | undefined;
  /** The page that a failure points to. */
  logUrl: string;
};

export type Api = {
  /** Null when the request carries the key. */
  refuse(request: ApiRequest): Answer | null;
  answer(request: ApiRequest): Answer;
};

const PROGRESSIONS = '/v1/lms/course-progressions';
const INTEGRATION = '/v1/integrations/';
const CHECK_KEY = '/v1/check-api-key';

/** Whose key it is, as `GET /check-api-key` names them. */
const KEY_OWNER = { environment_id: 'sandbox-environment', customer_id: 'sandbox-customer' };

/** Kombo's API over the integrations' records, as its reference describes it; no HTTP. */
export function sandboxApi(options: {
  apiKey: string;
  integrations: readonly SandboxIntegration[];
  now: () => number;
  conditions: SandboxConditions;
}): Api {
  const { apiKey, now, conditions } = options;
  const integrations = new Map<string, SandboxIntegration>(options.integrations.map((one) => [one.id, one]));

  const progressions = (request: ApiRequest): Answer => {
    const invalid = (message: string) => failure('PLATFORM.INPUT_INVALID', message, request.logUrl);
    if (request.integration === undefined) return invalid('The header X-Integration-Id is missing.');
    const integration = integrations.get(request.integration);
    if (integration === undefined) return unknownIntegration(request.integration, request.logUrl);
    const query = parsePageRequest(request.query);
    if ('invalid' in query) return invalid(query.invalid);
    const pass = {
      filters: fingerprint(integration.id, request.query),
      generation: conditions.cursorGeneration(),
    };
    let place = 0;
    if (query.cursor !== undefined) {
      const cursor = decodeCursor(query.cursor);
      if (cursor === null) return invalid('cursor: is not a cursor of this API');
      if (cursor.filters !== pass.filters) return invalid('cursor: belongs to a request with other filters');
      if (cursor.generation !== pass.generation) return invalid('cursor: has expired');
      place = cursor.place;
    }
    const view = withinScope(integration.records, conditions.scope(integration.id)).at(now());
    const { results, next } = readPage(view, query, place, integration.unsupportedFilters ?? []);
    return success({ next: next === null ? null : encodeCursor({ place: next, ...pass }), results });
  };

  const details = (id: string, logUrl: string): Answer => {
    const integration = integrations.get(id);
    if (integration === undefined) return unknownIntegration(id, logUrl);
    return success(integrationDetails(integration.id, conditions.scope(id), conditions.dataExpiredAt(id)));
  };

  return {
    refuse: ({ authorization, logUrl }) =>
      authorization === `Bearer ${apiKey}`
        ? null
        : failure('PLATFORM.AUTHENTICATION_INVALID', 'The API key was not accepted.', logUrl),
    answer: (request) => {
      if (request.path === CHECK_KEY) return success(KEY_OWNER);
      if (request.path === PROGRESSIONS) return progressions(request);
      if (request.path.startsWith(INTEGRATION)) {
        const id = decoded(request.path.slice(INTEGRATION.length));
        if (id !== null) return details(id, request.logUrl);
      }
      return noSuchPath(request.path, request.logUrl);
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
