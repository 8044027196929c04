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
