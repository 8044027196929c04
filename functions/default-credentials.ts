/**
 * In the bundles of the functions, this file replaces the package `@aws-sdk/credential-provider-node`, from
 * which each AWS client imports its default credentials. Lambda always passes the credentials of a function's
 * role in environment variables. The package would also search shared files, SSO, containers and machines,
 * and make up a quarter of the time of a cold start: see `docs/adr/0036-bundle-only-lambdas-credentials.md`.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
