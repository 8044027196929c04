import { App } from 'aws-cdk-lib';
import { addStacks } from 'schoolbell/settings';
import settings from './settings.ts';

const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
addStacks(new App(), settings, { account, region });
