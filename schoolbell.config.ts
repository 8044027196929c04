import type { SettingsInput } from './infra/settings.ts';

/** The settings of the deployment. `infra/settings.ts` explains each setting and its default. */
const settings: SettingsInput = {
  kombo: 'eu',
  pollEveryMinutes: 15,
  baseline: 'silent',
  learnerDetails: 'omit',
  alarms: 'none',
  integrations: [],
};

export default settings;
