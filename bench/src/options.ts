import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [options]     measures a running stack (npm run up) with reference load B

  --rate N             recipients a second to offer           (default 1000)
  --seconds N          how long                               (default 60)
  --find-max           finds the highest rate that is held: bisection, then one confirmed run of --seconds
  --recipients N       recipients a call, 1-20                (default 20)
  --profiles N         profiles to send to                    (default 20000)
  --webhooks           also tells a feedback webhook, and measures it
  --baseline           runs the obvious Nest build in place of the product (its own processes, same stores)
  --no-probes          leaves the floor probes out
  --stack FILE         which stack                            (default .local/stack.json)
  --out DIR            where the report goes                  (default .local/bench/<time>)
  --help

Ends with 0 when the ledger balances, 3 when it does not, 1 on any other failure.
The report is report.md and report.json with plots (SVG) beside it.
`;

export interface BenchOptions {
  rate: number;
  seconds: number;
  findMax: boolean;
  recipients: number;
  profiles: number;
  webhooks: boolean;
  baseline: boolean;
  probes: boolean;
  stackFile: string;
  out: string;
}

export class UsageError extends Error {}

/** @throws UsageError unless the text is a whole number from 1 */
export function positive(name: string, text: string, max = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) throw new UsageError(`--${name} takes a whole number from 1 to ${max}, not "${text}".`);
  return value;
}

/** Undefined when help was asked for. @throws UsageError saying what is wrong */
export function parseOptions(args: readonly string[], now: Date): BenchOptions | undefined {
  const parsed = parse(args);
  if (parsed.help) return undefined;
  return {
    rate: positive('rate', parsed.rate),
    seconds: positive('seconds', parsed.seconds, 3_600),
    findMax: parsed['find-max'],
    recipients: positive('recipients', parsed.recipients, 20),
    profiles: positive('profiles', parsed.profiles),
    webhooks: parsed.webhooks,
    baseline: parsed.baseline,
    probes: !parsed['no-probes'],
    stackFile: parsed.stack,
    out: parsed.out ?? outFolderOf(now),
  };
}

/** Where a report goes when nobody says. */
export function outFolderOf(now: Date): string {
  return `.local/bench/${now.toISOString().replaceAll(':', '-').slice(0, 19)}`;
}

/** Options of a part's command: what all of them take, and whole numbers by name with their defaults. @throws UsageError */
export function parsePart<Name extends string>(args: readonly string[], numbers: Record<Name, number>, now: Date) {
  const named = Object.fromEntries(Object.entries<number>(numbers).map(([name, value]) => [name, { type: 'string' as const, default: String(value) }]));
  const parsed = strictly(() =>
    parseArgs({
      args: [...args],
      options: { ...named, 'no-probes': { type: 'boolean', default: false }, stack: { type: 'string', default: '.local/stack.json' }, out: { type: 'string' } },
    }),
  ).values as Record<string, string | boolean | undefined>;
  return {
    numbers: Object.fromEntries(Object.keys(numbers).map((name) => [name, positive(name, String(parsed[name]))])) as Record<Name, number>,
    probes: parsed['no-probes'] !== true,
    stackFile: String(parsed.stack),
    out: parsed.out === undefined ? outFolderOf(now) : String(parsed.out),
  };
}

/** What every command of a part takes, as its help says it. */
export const PART_HELP = `  --no-probes          leaves the floor probes out, and with them the shares of a floor
  --stack FILE         which stack                            (default .local/stack.json)
  --out DIR            where the report goes                  (default .local/bench/<time>)
  --help

Ends with 0 when the ledger balances, 3 when it does not, 1 on any other failure.
The report is report.md and report.json with plots (SVG) beside it.
`;

function strictly<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parse(args: readonly string[]) {
  return strictly(() =>
    parseArgs({
      args: [...args],
      options: {
        rate: { type: 'string', default: '1000' },
        seconds: { type: 'string', default: '60' },
        'find-max': { type: 'boolean', default: false },
        recipients: { type: 'string', default: '20' },
        profiles: { type: 'string', default: '20000' },
        webhooks: { type: 'boolean', default: false },
        baseline: { type: 'boolean', default: false },
        'no-probes': { type: 'boolean', default: false },
        stack: { type: 'string', default: '.local/stack.json' },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }),
  ).values;
}
