import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretReader } from './adapters/secrets-manager/secret.ts';
import { createSlack } from './adapters/slack/slack.ts';
import { AWS_CLIENT } from './aws-client.ts';
import { parseAs } from './contract/environment.ts';
import { SlackEnvironment } from './contract/slack-environment.ts';

/** What posts to the channel of a deployment: environment → clients → port. Called once, at a cold start. */
export function wireSlack(variables: Record<string, string | undefined>) {
  const { SLACK_SECRET_ID, SLACK_CHANNEL_ID } = parseAs(SlackEnvironment, variables);
  return createSlack({
    channelId: SLACK_CHANNEL_ID ?? null,
    secret: secretReader(new SecretsManagerClient(AWS_CLIENT), SLACK_SECRET_ID),
  });
}
