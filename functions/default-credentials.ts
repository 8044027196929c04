/**
 * In the bundles of the functions, this file replaces the package `@aws-sdk/credential-provider-node`, from
 * which each AWS client imports its default credentials. Lambda always passes the credentials of a function's
 * role in environment variables. The package also searches shared files, SSO, containers and machines. It
 * takes a quarter of the processor time of loading the poll function: see
 * `docs/adr/0036-bundle-only-lambdas-credentials.md`.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
