import type { SettingsInput } from './infra/settings.ts';

/** The deployment's settings. `infra/settings.ts` says what each means and what it is when it is left out. */
const settings: SettingsInput = {
  kombo: 'eu',
  pollEveryMinutes: 15,
  baseline: 'silent',
  learnerDetails: 'omit',
  alarms: 'none',
  integrations: [],
};

export default settings;
