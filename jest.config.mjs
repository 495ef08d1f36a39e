/** Three kinds of tests (CONTRIBUTING.md): what each may touch differs, how it is compiled does not. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: {
    '^@postrider/local-stack$': '<rootDir>/deploy/local/src/index.ts',
    '^@postrider/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)(?<!\\.json)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['/dist/', '/.local/'],
};

const stack = {
  globalSetup: '<rootDir>/libs/testing/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/global-teardown.mjs',
};

const house = {
  globalSetup: '<rootDir>/e2e/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/e2e/jest/global-teardown.mjs',
};

export default {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{libs,services,deploy,tools,bench,e2e}/**/*.spec.ts'] },
    { ...shared, ...stack, displayName: 'integration', testMatch: ['<rootDir>/{libs,services,deploy,tools}/**/*.int-spec.ts'] },
    { ...shared, ...house, displayName: 'e2e', testMatch: ['<rootDir>/e2e/**/*.e2e-spec.ts'] },
  ],
  maxWorkers: 2,
  testTimeout: 60_000,
};
