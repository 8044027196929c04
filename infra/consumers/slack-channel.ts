import { SecretValue } from 'aws-cdk-lib';
import { Authorization } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { dividePattern } from '../../rules/event-pattern.ts';
import { digestMessageRule } from '../../rules/slack/digest-rules.ts';
import { type SlackChannel as Channel, slackRules } from '../../rules/slack/slack-rules.ts';
import type { Settings } from '../settings.ts';
import type { AnyBus } from './any-bus.ts';
import { Digest } from './digest.ts';
import { HttpsRules } from './https-rules.ts';
import type { SlackSettings } from './settings.ts';

const CHAT_POST_MESSAGE = 'https://slack.com/api/chat.postMessage';

export type SlackChannelProps = {
  settings: Settings;
  slack: SlackSettings;
  bus: AnyBus;
  /** Whether the learning events share a rule: see `areManyRules`. */
  together: boolean;
};

/** Posts to one channel of Slack: each event as it comes, or one digest a day. */
export class SlackChannel extends Construct {
  constructor(scope: Construct, id: string, { settings, slack, bus, together }: SlackChannelProps) {
    super(scope, id);
    const channel = channelOf(slack, settings);
    const { deadLetters } = new HttpsRules(this, 'Messages', {
      settings,
      bus,
      rules: slack.digestAt === undefined ? slackRules(channel, together) : [digestMessageRule(channel)],
      ...wayOf(slack),
      perSecond: slack.perSecond,
      description: `Schoolbell: Slack, ${slack.name}`,
    });
    if (slack.digestAt !== undefined) {
      const { digestAt: at, timeZone } = slack;
      new Digest(this, 'Digest', { settings, channel, bus, at, timeZone, deadLetters });
    }
  }
}

function channelOf(slack: SlackSettings, { learnerDetails }: Settings): Channel {
  return {
    name: slack.name,
    events: slack.events,
    ...(slack.courses && { courses: slack.courses }),
    ...(slack.integrations && { integrations: slack.integrations }),
    channelId: slack.via.way === 'chat.postMessage' ? slack.via.channelId : null,
    named: learnerDetails === 'include',
  };
}

/** Up to here 20 channels, digests or not, keep within the 300 rules of a bus and the 500 resources of a stack. */
const MOST_RULES = 100;

/** Whether one rule for each event of each channel would be too many, so that learning events share a rule. */
export function areManyRules(settings: Settings): boolean {
  const rules = settings.slack.flatMap((slack) => slackRules(channelOf(slack, settings)));
  return rules.flatMap(({ pattern }) => dividePattern(pattern)).length > MOST_RULES;
}

/**
 * Where and as whom. The secrets are read by CloudFormation when it deploys, and are in no template; a webhook's URL can
 * still be read by whoever may describe the API destination.
 */
function wayOf({ via }: SlackSettings): { endpoint: string; authorization: Authorization } {
  switch (via.way) {
    case 'incoming-webhook':
      return {
        endpoint: textOf(SecretValue.secretsManager(via.url)),
        // EventBridge asks for an authorization, and the URL is one already: the header says who calls.
        authorization: Authorization.apiKey('x-sent-by', SecretValue.unsafePlainText('schoolbell')),
      };
    case 'chat.postMessage': {
      const bearer = `Bearer ${textOf(SecretValue.secretsManager(via.token))}`;
      return {
        endpoint: CHAT_POST_MESSAGE,
        authorization: Authorization.apiKey('Authorization', SecretValue.unsafePlainText(bearer)),
      };
    }
  }
}

/** A reference that CloudFormation resolves, not the secret. */
function textOf(secret: SecretValue): string {
  return secret.unsafeUnwrap();
}
