import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretReader } from '../../functions/adapters/secrets-manager/secret.ts';
import { AWS_CLIENT } from '../../functions/aws-client.ts';
import { parseAs } from '../../functions/contract/environment.ts';
import { createSlack } from './slack.ts';
import { SlackEnvironment } from './slack-environment.ts';

/** What posts to the channel of a deployment: environment → clients → port. Called once, at a cold start. */
export function wireSlack(variables: Record<string, string | undefined>) {
  const { SLACK_SECRET_ID, SLACK_CHANNEL_ID } = parseAs(SlackEnvironment, variables);
  return createSlack({
    channelId: SLACK_CHANNEL_ID ?? null,
    secret: secretReader(new SecretsManagerClient(AWS_CLIENT), SLACK_SECRET_ID),
  });
}
