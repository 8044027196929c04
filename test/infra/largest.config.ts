/** `cdk synth -c config=test/infra/largest.config.ts`: the templates that outside tools check. */
export { largestSettings as default } from './largest-settings.ts';
