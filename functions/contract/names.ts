/** The `source` of every event that Schoolbell publishes. */
export const EVENT_SOURCE = 'schoolbell';

export const METRIC_NAMESPACE = 'Schoolbell';

/**
 * A metric has the sum or the worst value of all integrations; the logs have the values of each. With a
 * dimension per integration, each metric of 500 integrations would cost 150 dollars a month.
 */
export const metricNames = {
  /** Published after each poll that ended at least one run, as sums over the runs that ended. */
  pagesRead: 'PagesRead',
  recordsRead: 'RecordsRead',
  changesMissed: 'ChangesMissed',
  unknownStatuses: 'UnknownStatuses',
  runsEnded: 'RunsEnded',
  /** Published for records of runs that ended, and for events that the bus refused permanently. */
  setAside: 'SetAside',
  /** Published after each poll that published events: their number, and the longest delays. */
  eventsPublished: 'EventsPublished',
  komboLagSeconds: 'KomboLagSeconds',
  ownLagSeconds: 'OwnLagSeconds',
  /** Published for each run that failed: once without and once with the dimension `kind`. */
  runsFailed: 'RunsFailed',
  /** Published when a run fails with a DeploymentError, and when dispatch finds the deployment wrong. */
  deploymentErrors: 'DeploymentErrors',
  /** Published by each dispatch for all integrations together. */
  integrationsActive: 'IntegrationsActive',
  integrationsFailing: 'IntegrationsFailing',
  integrationsHeld: 'IntegrationsHeld',
  worstFreshnessSeconds: 'WorstFreshnessSeconds',
  oldestUnpublishedSeconds: 'OldestUnpublishedSeconds',
  pollsSent: 'PollsSent',
  webhooksAccepted: 'WebhooksAccepted',
  /** The number of names and titles that no font can draw; the certificates have replacement text. */
  certificateTextsUndrawable: 'CertificateTextsUndrawable',
} as const;

export type MetricName = (typeof metricNames)[keyof typeof metricNames];

/** The dimension of every metric: the deployment's name, to separate two deployments in one account. */
export const DEPLOYMENT_DIMENSION = 'service';

/** The dimension of `RunsFailed`. Its value is `Failure.kind`, which determines what to do next. */
export const KIND_DIMENSION = 'kind';

/** The messages of the log lines that the dashboard's queries search for. */
export const logMessages = {
  run: 'run',
  replay: 'replay',
  freshness: 'freshness',
  unreadable: 'settings cannot be read',
} as const;

/** The names of the stacks' outputs, by which an operator's tools find the deployment. */
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
  /** An output of the certificates stack. */
  certificatesBucket: 'CertificatesBucket',
  /** `NAME=value` pairs, separated by spaces: the environment of the command line. */
  environment: 'OperatorEnvironment',
  /** The managed policy with the permissions of the command line. */
  operatorPolicy: 'OperatorPolicyArn',
  dashboard: 'DashboardName',
} as const;

/** The names are those of IAM, which has separate names for statements in PartiQL. */
const ALL_CALLS = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'PartiQLInsert',
  'PartiQLUpdate',
] as const;
export type TableCall = (typeof ALL_CALLS)[number];

/** The IAM policies allow only these calls, and tests fail on any other call. */
export const TABLE_CALLS = {
  dispatch: ['GetItem', 'BatchGetItem', 'Query', 'PutItem'],
  poll: ALL_CALLS,
  replay: ['GetItem', 'Query', 'PutItem'],
  operators: ALL_CALLS,
} as const satisfies Record<string, readonly TableCall[]>;

/** The default of `pollConcurrency`: see `docs/adr/0012-poll-fifty-integrations-at-once.md`. */
export const POLL_CONCURRENCY = 50;
