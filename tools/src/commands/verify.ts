import { readOptions, type Command } from '../command.js';
import { stackFolder } from '../root.js';
import { readStackFile } from '../stack/stack-file.js';
import { verify as check } from '../verify/verify.js';

const MOST_SHOWN = 20;

export const verify: Command = {
  summary: 'checks that every number adds up, over live data',
  help: `npm run verify [-- --dir FOLDER]

For every execution: targeted = sent + failed + excluded + expired + cancelled + unknown + pending, the tallies
equal a recount of the messages, the ledger targets what the call was accepted with, and nothing is pending
long after it expired. Reads the running stack's database, or POSTGRES_ADMIN_URL where it is set.
Ends with 0 when all agree and with 3 when something does not.`,
  async run(args) {
    const { values } = readOptions(args, { dir: { type: 'string' } });
    const url = process.env.POSTGRES_ADMIN_URL ?? readStackFile(stackFolder(values.dir))?.postgresUrl;
    if (!url) throw new Error('No stack runs here. Start one with npm run up, or name a database in POSTGRES_ADMIN_URL.');
    const { executions, messages, findings } = await check(url);
    console.log(`${executions} executions, ${messages} messages`);
    for (const { executionId, what } of findings.slice(0, MOST_SHOWN)) console.log(`✗ ${executionId}: ${what}`);
    if (findings.length > MOST_SHOWN) console.log(`… and ${findings.length - MOST_SHOWN} more`);
    console.log(findings.length === 0 ? '✓ every number adds up' : `✗ ${findings.length} findings`);
    return findings.length === 0 ? 0 : 3;
  },
};
