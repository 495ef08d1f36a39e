import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command of the checkout. */
export interface Command {
  /** One line for the list of commands. */
  summary: string;
  help: string;
  run: (args: string[]) => Promise<number>;
}

/** The call's words are off: the message says how, and the command's help follows. */
export class UsageError extends Error {}

/** `parseArgs` whose complaints are usage errors. */
export function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
