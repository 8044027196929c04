import type { SettingsInput } from '../../infra/settings.ts';
import { rehearsal } from './rehearsal-settings.ts';

/** A deployment for a rehearsal: everything goes with it. */
const settings: SettingsInput = {
  name: rehearsal.name,
  kombo: rehearsal.komboUrl ?? 'http://127.0.0.1:9/v1',
  pollEveryMinutes: 1,
  baseline: 'silent',
  overlapMinutes: Number(process.env['REHEARSAL_OVERLAP_MINUTES'] ?? 15),
  // Few progressions are a mass there.
  surgeFloor: 3,
  keepState: false,
  webhook: rehearsal.whole,
};

export default settings;
