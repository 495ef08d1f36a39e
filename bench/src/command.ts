/** One of the bench's commands: its own options, its own help, one report. */
export interface BenchCommand {
  /** One line of the list of commands. */
  summary: string;
  help: string;
  /** Answers the exit code. @throws UsageError when the arguments make no sense */
  run(args: readonly string[]): Promise<number>;
}

/** The ledger does not balance: the run is void. */
export const EXIT_UNBALANCED = 3;

export const say = (text: string): void => console.log(`bench: ${text}`);
