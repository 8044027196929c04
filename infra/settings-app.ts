/** The entry `schoolbell/settings`: a whole deployment from settings, as the stacks of this repository. */
export { addStacks } from './add-stacks.ts';
export { SettingsError } from './read-settings.ts';
export type { SettingsInput } from './settings.ts';
