/**
 * The entry `schoolbell/settings` of the package. It creates a whole deployment from settings, with the same
 * stacks as this repository.
 */
export { addStacks } from './add-stacks.ts';
export { SettingsError } from './read-settings.ts';
export type { SettingsInput } from './settings.ts';
