import { readOptions, type Command } from '../command.js';
import { printProgress } from '../progress.js';
import { ROOT, stackFolder } from '../root.js';
import { ownerOf, startSupervisor, whenReady } from '../stack/background.js';
import { readStackFile, stackFileIn } from '../stack/stack-file.js';

export const up: Command = {
  summary: 'starts everything in the background',
  help: `npm run up [-- --dir FOLDER]

Starts stores, broker, mail sink and all services in the background, and writes addresses and
credentials to FOLDER/stack.json (.local by default). Started already: says so and changes nothing.
Stores and broker come from POSTGRES_ADMIN_URL, KAFKA_BROKERS and REDIS_URL where all three are set,
else from Docker Compose where a daemon answers, else they are started embedded.
Logs are in FOLDER/logs. Stop with: npm run down`,
  async run(args) {
    const { values } = readOptions(args, { dir: { type: 'string' } });
    const dir = stackFolder(values.dir);
    if (ownerOf(dir)) {
      await whenReady(dir);
      console.log(`It runs already: see ${stackFileIn(dir)}`);
      return 0;
    }
    const startedAt = performance.now();
    await startSupervisor(ROOT, dir, printProgress);
    printUp(dir, performance.now() - startedAt);
    return 0;
  },
};

function printUp(dir: string, ms: number): void {
  const stack = readStackFile(dir);
  console.log(`✓ up after ${(ms / 1_000).toFixed(1)} s

  execution API       ${stack?.ingestUrl}
  administration      ${stack?.adminUrl}/api/docs
  mails               ${stack?.smtp.mailFolder}
  all of it           ${stackFileIn(dir)}

Stop with: npm run down`);
}
