import type { SettingsInput } from '../../infra/settings.ts';

/**
 * A deployment for a rehearsal: everything goes with it. What an emulator may lack is switched off unless
 * `REHEARSE_ALL` is set, by settings that any deployment has.
 */
const isWhole = process.env['REHEARSE_ALL'] === '1';

const settings: SettingsInput = {
  name: process.env['REHEARSAL_NAME'] ?? 'SchoolbellRehearsal',
  kombo: process.env['REHEARSAL_KOMBO_URL'] ?? 'http://127.0.0.1:9',
  pollEveryMinutes: 1,
  keepState: false,
  archive: isWhole,
  webhook: isWhole,
};

export default settings;
