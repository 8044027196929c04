/** The `source` of every event that Schoolbell publishes. */
export const EVENT_SOURCE = 'schoolbell';

/** The namespace and the names of the metrics, shared by the functions that publish and the stacks that alarm. */
export const METRIC_NAMESPACE = 'Schoolbell';

/**
 * No metric has a dimension per integration: at 500 integrations each would cost hundreds of dollars a month. Worst cases
 * are metrics; single integrations are in the structured logs.
 */
export const metricNames = {
  /** Of a run that ended. */
  pagesRead: 'PagesRead',
  recordsRead: 'RecordsRead',
  changesMissed: 'ChangesMissed',
  setAside: 'SetAside',
  unknownStatuses: 'UnknownStatuses',
  runsEnded: 'RunsEnded',
  /** Of one invocation of poll; the two times are the worst of its events. */
  eventsPublished: 'EventsPublished',
  komboLagSeconds: 'KomboLagSeconds',
  ownLagSeconds: 'OwnLagSeconds',
  /** Of a run that failed; with the dimension `kind`, too. */
  runsFailed: 'RunsFailed',
  /** Of a run that AWS denied something, and each time dispatch finds that the deployment stops integrations. */
  deploymentErrors: 'DeploymentErrors',
  /** Of the whole fleet, each time dispatch looks. */
  integrationsActive: 'IntegrationsActive',
  integrationsFailing: 'IntegrationsFailing',
  integrationsHeld: 'IntegrationsHeld',
  worstFreshnessSeconds: 'WorstFreshnessSeconds',
  oldestUnpublishedSeconds: 'OldestUnpublishedSeconds',
  pollsSent: 'PollsSent',
  webhooksAccepted: 'WebhooksAccepted',
  /** Names and titles that no font can draw: certificates have something else in their place. */
  certificateTextsUndrawable: 'CertificateTextsUndrawable',
} as const;

export type MetricName = (typeof metricNames)[keyof typeof metricNames];

/** The dimension that every metric has: the deployment's name, so that two in one account stay apart. */
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

/** A call of DynamoDB, as IAM names it. */
export type TableCall = 'GetItem' | 'BatchGetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query';

/** The calls that each function makes: its role has the right to these alone, and tests let it make no others. */
export const TABLE_CALLS = {
  dispatch: ['GetItem', 'BatchGetItem', 'Query', 'PutItem'],
  poll: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  replay: ['GetItem', 'Query', 'PutItem'],
  operators: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
} as const satisfies Record<string, TableCall[]>;

/**
 * Integrations that are polled at the same time where the settings say nothing: `pollConcurrency`. See
 * `docs/adr/0012-poll-fifty-integrations-at-once.md`.
 */
export const POLL_CONCURRENCY = 50;
