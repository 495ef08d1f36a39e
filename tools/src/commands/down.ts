import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions, type Command } from '../command.js';
import { stackFolder } from '../root.js';
import { stopOwner } from '../stack/background.js';

export const down: Command = {
  summary: 'stops everything',
  help: `npm run down [-- --wipe] [--dir FOLDER]

Stops what npm run up or npm start started, and what is left of it when its owner was killed.
  --wipe    also removes data, mails and logs`,
  async run(args) {
    const { values } = readOptions(args, { dir: { type: 'string' }, wipe: { type: 'boolean', default: false } });
    const dir = stackFolder(values.dir);
    const wasRunning = await stopOwner(dir);
    console.log(wasRunning ? '✓ stopped' : 'Nothing was running.');
    if (values.wipe) {
      for (const name of ['data', 'mails', 'logs', 'cache', 'run']) rmSync(join(dir, name), { recursive: true, force: true });
      console.log('✓ data removed');
    }
    return 0;
  },
};
