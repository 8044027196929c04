/** The `source` of every event that Schoolbell publishes. */
export const EVENT_SOURCE = 'schoolbell';

/** The namespace and the names of the metrics, shared by the functions that publish and the stacks that alarm. */
export const METRIC_NAMESPACE = 'Schoolbell';

/**
 * No metric has a dimension per integration: at 500 integrations each would cost hundreds of dollars a month. Worst cases
 * are metrics; single integrations are in the structured logs.
 */
export const metricNames = {
  /** Of each run that ended. */
  pagesRead: 'PagesRead',
  recordsRead: 'RecordsRead',
  changesMissed: 'ChangesMissed',
  setAside: 'SetAside',
  unknownStatuses: 'UnknownStatuses',
  runsEnded: 'RunsEnded',
  /** Of each invocation of poll; the two times are the longest of its events. */
  eventsPublished: 'EventsPublished',
  komboLagSeconds: 'KomboLagSeconds',
  ownLagSeconds: 'OwnLagSeconds',
  /** Of each run that failed; once without and once with the dimension `kind`. */
  runsFailed: 'RunsFailed',
  /** When AWS denies access to a run, and when dispatch finds that the deployment is wrong. */
  deploymentErrors: 'DeploymentErrors',
  /** Of the whole fleet, at each dispatch. */
  integrationsActive: 'IntegrationsActive',
  integrationsFailing: 'IntegrationsFailing',
  integrationsHeld: 'IntegrationsHeld',
  worstFreshnessSeconds: 'WorstFreshnessSeconds',
  oldestUnpublishedSeconds: 'OldestUnpublishedSeconds',
  pollsSent: 'PollsSent',
  webhooksAccepted: 'WebhooksAccepted',
  /** Names and titles that no font can draw: certificates have replacement text. */
  certificateTextsUndrawable: 'CertificateTextsUndrawable',
} as const;

export type MetricName = (typeof metricNames)[keyof typeof metricNames];

/** The dimension of every metric: the deployment's name, to separate two deployments in one account. */
export const DEPLOYMENT_DIMENSION = 'service';

/** The dimension of `RunsFailed` that says what to do next: `Failure.kind`. */
export const KIND_DIMENSION = 'kind';

/** The messages of the log lines that the dashboard's queries look for. */
export const logMessages = {
  run: 'run',
  replay: 'replay',
  freshness: 'freshness',
  unreadable: 'settings cannot be read',
} as const;

/** The names of the stacks' outputs: how an operator's tools find the deployment. */
export const outputNames = {
  table: 'TableName',
  bus: 'BusArn',
  komboSecret: 'KomboSecretArn',
  webhookSecret: 'WebhookSecretArn',
  remoteIdsKey: 'RemoteIdsKeyArn',
  pollQueue: 'PollQueueUrl',
  pollFunction: 'PollFunctionName',
  dispatchFunction: 'DispatchFunctionName',
  replayFunction: 'ReplayFunctionName',
  webhookUrl: 'WebhookUrl',
  /** `NAME=value` pairs, separated by spaces: what the command line knows of the deployment. */
  environment: 'OperatorEnvironment',
  /** The managed policy with the rights of the command line. */
  operatorPolicy: 'OperatorPolicyArn',
  dashboard: 'DashboardName',
} as const;

/** A call of DynamoDB, or a statement of one, as IAM names it. */
export type TableCall =
  | 'GetItem'
  | 'BatchGetItem'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'Query'
  | 'PartiQLInsert'
  | 'PartiQLUpdate';

/** The calls that each function makes: its role allows only these, and tests fail on others. */
export const TABLE_CALLS = {
  dispatch: ['GetItem', 'BatchGetItem', 'Query', 'PutItem'],
  poll: [
    'GetItem',
    'BatchGetItem',
    'Query',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'PartiQLInsert',
    'PartiQLUpdate',
  ],
  replay: ['GetItem', 'Query', 'PutItem'],
  operators: [
    'GetItem',
    'BatchGetItem',
    'Query',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'PartiQLInsert',
    'PartiQLUpdate',
  ],
} as const satisfies Record<string, TableCall[]>;

/**
 * The default of the setting `pollConcurrency`: how many integrations are polled at the same time. See
 * `docs/adr/0012-poll-fifty-integrations-at-once.md`.
 */
export const POLL_CONCURRENCY = 50;
