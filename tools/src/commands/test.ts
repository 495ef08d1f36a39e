import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions, type Command } from '../command.js';
import { ROOT } from '../root.js';
import { countOf, sumOf, type Count, type JestReport } from '../test/count.js';

const BIN = join(ROOT, 'node_modules/.bin');
const RESULTS = join(ROOT, '.local/results');

interface Step {
  name: string;
  command: string[];
  /** Where jest writes its report; steps without one count as a single test. */
  report?: string;
}

function jestStep(name: string, project: string, ...more: string[]): Step {
  const report = join(RESULTS, `${project}.json`);
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  return {
    name,
    report,
    command: [process.execPath, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, '--selectProjects', project, '--json', `--outputFile=${report}`, ...more],
  };
}

const STEPS: readonly Step[] = [
  { name: 'lint', command: [join(BIN, 'eslint'), '.', '--max-warnings=0'] },
  { name: 'types', command: [join(BIN, 'tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  jestStep('unit', 'unit'),
  jestStep('integration', 'integration'),
  // The end-to-end tests run the examples: what these need is installed here, or this step fails and so do they.
  { name: 'examples', command: [join(ROOT, 'examples/set-up.sh')] },
  jestStep('end to end', 'e2e', '--runInBand'),
];

export const test: Command = {
  summary: 'lint, types, unit, integration and end-to-end tests',
  help: `npm test [-- --only STEP]

Runs ${STEPS.map((step) => step.name).join(', ')}, one after the other, all of them even when one fails.
Ends with one line: N passed, N failed. Exits with 1 when anything failed.
  --only STEP    runs one of them`,
  async run(args) {
    const { values } = readOptions(args, { only: { type: 'string' } });
    const steps = STEPS.filter(({ name }) => values.only === undefined || name === values.only);
    if (steps.length === 0) throw new Error(`There is no step "${values.only}". Steps: ${STEPS.map(({ name }) => name).join(', ')}`);
    rmSync(RESULTS, { recursive: true, force: true });
    mkdirSync(RESULTS, { recursive: true });
    const counts: Count[] = [];
    for (const step of steps) counts.push(await runStep(step));
    const total = sumOf(counts);
    console.log(`\n${total.passed} passed, ${total.failed} failed`);
    return total.failed === 0 && total.passed > 0 ? 0 : 1;
  },
};

async function runStep(step: Step): Promise<Count> {
  console.log(`\n== ${step.name}`);
  const startedAt = performance.now();
  const status = await exitOf(step.command);
  const count = countOf(status, step.report === undefined ? undefined : reportIn(step.report), step.report !== undefined);
  console.log(`== ${step.name}: ${count.passed} good, ${count.failed} bad, ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return count;
}

function exitOf([command = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function reportIn(file: string): JestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  } catch {
    return undefined;
  }
}
