import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretReader } from '../../functions/adapters/secrets-manager/secret.ts';
import { AWS_CLIENT } from '../../functions/aws-client.ts';
import { parseAs } from '../../functions/contract/environment.ts';
import type { EventText } from '../messages/event-text.ts';
import { createSlack, SlackEnvironment } from './slack.ts';
import { slackMessage } from './slack-message.ts';

/** Returns a function that posts to the channel. Called once, at a cold start. */
export function wireSlack(variables: Record<string, string | undefined>): (text: EventText) => Promise<void> {
  const { SLACK_SECRET_ID, SLACK_CHANNEL_ID } = parseAs(SlackEnvironment, variables);
  const post = createSlack({
    channelId: SLACK_CHANNEL_ID ?? null,
    secret: secretReader(new SecretsManagerClient(AWS_CLIENT), SLACK_SECRET_ID),
  });
  return (text) => post(slackMessage(text));
}
