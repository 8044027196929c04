/** The entry `schoolbell/settings` of the package: a whole deployment from settings, as in this project. */
export { addStacks } from './add-stacks.ts';
export { SettingsError } from './read-settings.ts';
export type { SettingsInput } from './settings.ts';
