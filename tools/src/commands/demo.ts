import { readOptions, type Command } from '../command.js';
import { runDemo } from '../demo/run.js';
import { stackFolder } from '../root.js';
import { readStackFile } from '../stack/stack-file.js';

export const demo: Command = {
  summary: 'triggers the demo campaign against what runs',
  help: `npm run demo [-- --dir FOLDER]

Sets up a campaign where it has not done so before, triggers it for three recipients, and shows the mails, the webhook calls and each
recipient's timeline as they were received. Needs a running stack: npm run up`,
  async run(args) {
    const { values } = readOptions(args, { dir: { type: 'string' } });
    const dir = stackFolder(values.dir);
    const stack = readStackFile(dir);
    if (!stack) throw new Error('No stack runs here. Start one with: npm run up');
    await runDemo(stack, dir);
    return 0;
  },
};
