import type { SettingsInput } from '../../infra/settings.ts';
import { OPTIONS } from '../infra/changes/options.ts';

/** The deployments whose templates are kept with each release: the defaults, and everything that can be switched on. */
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
