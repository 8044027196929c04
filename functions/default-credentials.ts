/**
 * Replaces the package `@aws-sdk/credential-provider-node` in the bundles of the functions. Lambda always
 * passes the credentials of a function's role in environment variables, and the package takes a quarter of
 * the processor time of loading the poll function: see `docs/adr/0036-bundle-only-lambdas-credentials.md`.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
