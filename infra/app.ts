import { App } from 'aws-cdk-lib';
import { addStacks } from './add-stacks.ts';
import { readSettings, SettingsError } from './read-settings.ts';

/** `-c config=FILE` selects another settings file. */
const app = new App();
const config: unknown = app.node.tryGetContext('config');
try {
  const settings = await readSettings(typeof config === 'string' ? config : 'schoolbell.config.ts');
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  addStacks(app, settings, { account, region });
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exit(1);
}
