/** The layers of docs/architecture.md, checked by `npm run lint:dependencies`. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [...allowed, '^node:', 'node_modules'], dependencyTypesNot: ['core', 'npm', 'npm-dev'] },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only(
      'contract-stands-alone',
      '^functions/contract/',
      ['^functions/contract/'],
      'imported by everything, imports the schema library',
    ),
    {
      name: 'contract-knows-the-schema-library-only',
      severity: 'error',
      from: { path: '^functions/contract/' },
      to: { pathNot: ['^functions/contract/', 'node_modules/zod/'] },
    },
    only(
      'core-imports-contract',
      '^functions/core/',
      ['^functions/core/', '^functions/contract/'],
      'no AWS, no HTTP, no clock, no environment',
    ),
    {
      name: 'core-knows-no-package',
      severity: 'error',
      from: { path: '^functions/core/' },
      // `hash` of node:crypto is allowed, because it is a pure function.
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'], pathNot: ['node_modules/zod/', '^crypto$'] },
    },
    only(
      'adapters-import-core',
      '^functions/adapters/',
      ['^functions/adapters/', '^functions/core/', '^functions/contract/', '^package[.]json$'],
      'adapters translate, and name the product in their requests',
    ),
    {
      name: 'adapters-never-import-one-another',
      severity: 'error',
      from: { path: '^functions/adapters/([^/]+)/' },
      to: { path: '^functions/adapters/', pathNot: '^functions/adapters/($1/|aws-errors)' },
    },
    {
      name: 'only-wiring-and-local-import-adapters',
      severity: 'error',
      from: {
        pathNot: [
          '^functions/wiring[.]ts$',
          '^consumers/[a-z/]+/wiring[.]ts$',
          '^functions/adapters/',
          '^local/',
          '^test/',
          '^bench/',
        ],
      },
      to: { path: '^functions/adapters/' },
    },
    {
      name: 'infra-imports-contract',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^(functions|local|cli)/', pathNot: '^functions/contract/' },
    },
    {
      name: 'functions-of-consumers-carry-no-construct',
      comment: 'a bundle with the CDK in it starts slowly',
      severity: 'error',
      from: { path: '^consumers/.*(lambda|wiring)[.]ts$' },
      to: { path: '^infra/', reachable: true },
    },
    {
      name: 'consumers-import-no-command-line-and-nothing-local',
      severity: 'error',
      from: { path: '^consumers/' },
      to: { path: '^(cli|local|bench)/' },
    },
    {
      name: 'consumers-never-import-one-another',
      severity: 'error',
      from: { path: '^consumers/([^/]+)/', pathNot: '^consumers/deploy/' },
      to: { path: '^consumers/', pathNot: '^consumers/($1|kit|messages|channels|digest|deploy)/' },
    },
    { name: 'nothing-imports-test', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    {
      name: 'deployed-code-imports-nothing-local',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(local|cli|infra|bench|consumers)/' },
    },
    {
      name: 'no-unresolvable',
      comment: 'the application that `init` writes imports the built package',
      severity: 'error',
      from: { pathNot: '^packages/app/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
