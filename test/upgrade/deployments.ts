import type { SettingsInput } from '../../infra/settings.ts';
import { OPTIONS } from '../infra/changes/options.ts';

/**
 * The deployments whose templates are stored for each release: one with the default settings, and one with
 * all options switched on.
 */
export const DEPLOYMENTS: Record<string, SettingsInput> = {
  small: {},
  large: {
    name: 'Large',
    ...Object.assign(
      {},
      ...OPTIONS.filter(({ name }) => name !== 'keepState').map(({ values }) => values.at(-1)),
    ),
    adopt: {},
  },
};
