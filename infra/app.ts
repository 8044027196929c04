import { App } from 'aws-cdk-lib';
import { addStacks } from './add-stacks.ts';
import { readSettings, SettingsError } from './read-settings.ts';

/** The CDK app. The option `-c config=FILE` selects a settings file other than `schoolbell.config.ts`. */
const app = new App();
const config: unknown = app.node.tryGetContext('config');
try {
  addStacks(app, await readSettings(typeof config === 'string' ? config : 'schoolbell.config.ts'));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exit(1);
}
