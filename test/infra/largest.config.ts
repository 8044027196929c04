/** `cdk synth -c config=test/infra/largest.config.ts` writes the templates that external tools check. */
export { largestSettings as default } from './largest-settings.ts';
