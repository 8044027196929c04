import { App } from 'aws-cdk-lib';
import { addStacks } from './add-stacks.ts';
import { readSettings, SettingsError } from './read-settings.ts';

/** The CDK's app. Another file of settings is named with `-c config=FILE`. */
const app = new App();
const config: unknown = app.node.tryGetContext('config');
try {
  addStacks(app, await readSettings(typeof config === 'string' ? config : 'schoolbell.config.ts'));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exit(1);
}
