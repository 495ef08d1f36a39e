import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const LIBRARIES = ['contracts', 'runtime', 'kafka', 'database', 'locks', 'content', 'identity', 'secrets', 'auth', 'testing'];

/** What each room may import from the house (the table of docs/architecture.md). */
const MAY_IMPORT = {
  'libs/contracts': [],
  'libs/runtime': [],
  'libs/kafka': ['runtime', 'contracts'],
  'libs/database': ['runtime', 'contracts'],
  'libs/locks': ['runtime', 'contracts'],
  'libs/content': ['runtime', 'contracts'],
  'libs/identity': ['runtime', 'contracts'],
  'libs/secrets': ['runtime', 'contracts'],
  'libs/auth': ['runtime', 'contracts'],
  'libs/testing': LIBRARIES.concat('local-stack'),
  'deploy/local': [],
  'services/campaign-api': LIBRARIES.filter((name) => name !== 'testing'),
  'services/ingest-api': LIBRARIES.filter((name) => name !== 'testing'),
  'services/audience-resolver': LIBRARIES.filter((name) => name !== 'testing'),
  'services/profile-creator': LIBRARIES.filter((name) => name !== 'testing'),
  'services/dispatcher': LIBRARIES.filter((name) => name !== 'testing'),
  'services/webhook-notifier': LIBRARIES.filter((name) => name !== 'testing'),
  tools: LIBRARIES.concat('local-stack'),
  e2e: LIBRARIES.concat('local-stack'),
  bench: LIBRARIES.concat('local-stack'),
};

const SPECS = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts', '**/test/**/*.ts'];
const only = (owner, name) => (room) => (room === owner ? [] : [{ name, message: `${name} is imported in ${owner} alone.` }]);
const OWNED = [only('libs/kafka', 'kafkajs'), only('libs/locks', 'ioredis'), only('services/dispatcher', 'nodemailer')];
const FREE_OF_OWNERS = new Set(['libs/testing', 'e2e', 'bench', 'tools', 'deploy/local']);

const fence = (room, libraries, extra = []) => ({
  patterns: [
    {
      regex: libraries.length ? `^@postrider/(?!(${libraries.join('|')})$)` : '^@postrider/',
      message: `${room} may not import this room: docs/architecture.md has the table.`,
    },
    { regex: '(^|/)services/', message: 'A service is never imported: it is started as a process.' },
  ],
  paths: FREE_OF_OWNERS.has(room) ? extra : OWNED.flatMap((rule) => rule(room)).concat(extra),
});

const boundaries = Object.entries(MAY_IMPORT).flatMap(([room, libraries]) => [
  {
    files: [`${room}/**/*.ts`],
    ignores: SPECS,
    rules: { 'no-restricted-imports': ['error', fence(room, libraries)] },
  },
  {
    files: SPECS.map((glob) => `${room}/${glob}`),
    rules: { 'no-restricted-imports': ['error', { ...fence(room, libraries.concat('testing')), paths: [] }] },
  },
]);

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.local/**', '**/*.gen.*'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 5],
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'A union of strings says the same and erases.' },
        { selector: 'ExportAllDeclaration', message: 'Exports are named one by one.' },
        { selector: "MemberExpression[object.name='process'][property.name='env'] MemberExpression[property.name='NODE_ENV'], MemberExpression[property.name='NODE_ENV']", message: 'No code branches on NODE_ENV.' },
      ],
    },
  },
  ...boundaries,
  {
    files: ['services/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
    ignores: ['**/config.ts', '**/main.ts', '**/*spec.ts', 'libs/testing/**'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' }],
    },
  },
  {
    files: SPECS,
    rules: { 'max-lines': ['error', 400], 'max-lines-per-function': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  { files: ['tools/**/*.ts', 'bench/**/*.ts', 'deploy/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', performance: 'readonly', setTimeout: 'readonly' } },
  },
);
