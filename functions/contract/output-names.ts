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
  /** `NAME=value` pairs, parted by spaces: what the command line is told of the deployment. */
  environment: 'OperatorEnvironment',
  /** The managed policy with the rights of the command line. */
  operatorPolicy: 'OperatorPolicyArn',
  dashboard: 'DashboardName',
} as const;
