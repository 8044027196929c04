import type { SettingsInput } from 'schoolbell/settings';

/** The settings of the deployment. A setting that is left out has its default. */
const settings: SettingsInput = {
  // The names of the stacks begin with this name. Two deployments in one account need two names. Do not change the name after
  // the first deployment.
  name: 'Schoolbell',

  // The region of Kombo's API: 'eu' or 'us', or the complete URL of another host.
  kombo: 'eu',

  // Kombo's ids of the integrations to poll. More can be added at any time: npx schoolbell integrations add ID
  integrations: [],

  // What the first sync of an integration publishes: 'silent' (nothing), 'publish' (everything), or 'since:2026-01-31'.
  baseline: 'silent',

  // Who is notified when an alarm goes off: 'none', an e-mail address, or the ARN of an SNS topic.
  alarms: 'none',

  // The ARNs of the IAM roles and users that run the command line, such as 'arn:aws:iam::123456789012:role/operators'.
  operators: [],

  // The defaults of some other settings:
  // pollEveryMinutes: 15,
  // learnerDetails: 'omit',    // 'include' puts names and e-mail addresses into the events.
  // webhook: false,            // true receives Kombo's webhooks, so that changes arrive sooner.
  // keepState: true,           // false deletes table, bus and secrets with their stack: for trials only.

  // Certificates need the package schoolbell-fonts: see node_modules/schoolbell/docs/constructs.md.
  // certificates: { texts: { issuer: 'Northwind Academy' } },

  // slack: [
  //   {
  //     name: 'learning',
  //     events: ['CourseCompleted', 'ChangesHeld'],
  //     via: { way: 'incoming-webhook', url: 'arn:aws:secretsmanager:...' },
  //   },
  // ],
};

export default settings;
