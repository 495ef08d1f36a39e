import { UsageError, readOptions, type Command } from '../command.js';
import { runMarketingDemo } from '../demo/marketing.js';
import { runDemo } from '../demo/run.js';
import { nearest } from '../nearest.js';
import { stackFolder } from '../root.js';
import { readStackFile, type StackFile } from '../stack/stack-file.js';

const DEMOS: Readonly<Record<string, (stack: StackFile, dir: string) => Promise<void>>> = { transactional: runDemo, marketing: runMarketingDemo };

export const demo: Command = {
  summary: 'triggers a demo campaign against what runs: transactional, or marketing',
  help: `npm run demo [-- transactional | marketing] [--dir FOLDER]

transactional   the default: sets up a campaign where it has not done so before, triggers it for three recipients, and shows the
                mails, the webhook calls and each recipient's timeline as they were received
marketing       stores 10,000 profiles, counts and makes an audience by rules, and sends it a campaign at a set rate; shows a dry
                run, a schedule, and the run while it goes on. Takes about half a minute

Ends with 1 when something did not arrive or a number does not add up. Needs a running stack: npm run up`,
  async run(args) {
    const { values, positionals } = readOptions(args, { dir: { type: 'string' } });
    const [name = 'transactional', ...more] = positionals;
    if (more.length > 0) throw new UsageError('One demo at a time.');
    const show = Object.hasOwn(DEMOS, name) ? DEMOS[name] : undefined;
    if (!show) throw new UsageError(unknown(name));
    const dir = stackFolder(values.dir);
    const stack = readStackFile(dir);
    if (!stack) throw new Error('No stack runs here. Start one with: npm run up');
    await show(stack, dir);
    return 0;
  },
};

function unknown(name: string): string {
  const guess = nearest(name, Object.keys(DEMOS));
  return `There is no demo "${name}".${guess ? ` Did you mean "${guess}"?` : ''}`;
}
