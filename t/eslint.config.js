// eslint.config.js: what the client's and the tests' JavaScript must not say. Types are tsc's business.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const modules = process.env.MAGPIE_NODE_MODULES_DIR ?? new URL('../var/node/node_modules', import.meta.url).pathname;
const globals = createRequire(join(modules, 'x.js'))('globals');

/** What has one home; elsewhere it is handed over as a parameter, so that tests hand over their own. */
const ASKS = ['fetch', 'XMLHttpRequest', 'EventSource', 'WebSocket'];
const KEEPS = ['localStorage', 'sessionStorage'];
const HOMES = [...ASKS.map((name) => ({ name, message: 'api.js alone asks the server.' })),
  ...KEEPS.map((name) => ({ name, message: 'shelf.js is the place for what is kept.' }))];
const OF_WINDOW = [...ASKS, ...KEEPS].map((property) => ({ object: 'window', property }));

/** Names that every page has, and that nobody means. */
const SLIPS = ['event', 'name', 'status', 'length', 'top', 'parent', 'self', 'close', 'open', 'find', 'print', 'stop', 'focus', 'blur',
  'scroll', 'history', 'screen', 'origin', 'toolbar', 'external', 'frames'];

const RULES = {
  'array-callback-return': 'error',
  complexity: ['error', 21],             // each ?. and ?? counts
  eqeqeq: 'error',
  'max-depth': ['error', 4],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  'no-cond-assign': 'error',
  'no-const-assign': 'error',
  'no-constant-condition': 'error',
  'no-dupe-class-members': 'error',
  'no-dupe-keys': 'error',
  'no-duplicate-imports': 'error',
  'no-eval': 'error',
  'no-fallthrough': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-restricted-globals': ['error', ...HOMES, ...SLIPS],
  'no-restricted-properties': ['error', ...OF_WINDOW],
  'no-self-assign': 'error',
  'no-shadow': 'error',
  'no-undef': 'error',
  'no-unreachable': 'error',
  'no-unused-private-class-members': 'error',
  'no-unused-vars': ['error', { varsIgnorePattern: '^_$' }],
  'no-useless-return': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
};

export default [
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { files: ['www/**/*.js'], languageOptions: { globals: globals.browser }, rules: RULES },
  { files: ['www/js/early.js'], languageOptions: { sourceType: 'script' } },
  { files: ['www/js/early.js'], rules: { 'no-restricted-globals': ['error', ...SLIPS] } },                    // is there before either
  { files: ['www/js/shelf.js'], rules: { 'no-restricted-globals': ['error', ...HOMES.filter(({ name }) => !KEEPS.includes(name)), ...SLIPS] } },
  { files: ['www/sw.js'], languageOptions: { globals: globals.serviceworker }, rules: { 'no-restricted-globals': 'off' } },
  { files: ['www/js/main.js'], rules: { 'no-restricted-properties': 'off' } },      // hands fetch to api.js
  {
    files: ['t/**/*.js'],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: { ...RULES, 'max-lines-per-function': 'off', 'no-restricted-globals': 'off', 'no-restricted-properties': 'off', 'no-shadow': 'off' },
  },
];
