export type HealthCheck = () => void | Promise<void>;

export interface HealthReport {
  status: 'ok' | 'unavailable';
  checks: Record<string, string>;
}

const CHECK_DEADLINE_MS = 2_000;

/** What must hold for this process to be given work. A check that throws, or takes over 2 s, fails. */
export class Health {
  private readonly checks = new Map<string, HealthCheck>();
  private stopping = false;

  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  /** From now on the process reports itself as not ready, so that no new work is sent to it. */
  drain(): void {
    this.stopping = true;
  }

  async report(): Promise<HealthReport> {
    const entries = await Promise.all([...this.checks].map(async ([name, check]) => [name, await outcomeOf(check)] as const));
    if (this.stopping) entries.push(['process', 'stopping']);
    const failed = entries.some(([, outcome]) => outcome !== 'ok');
    return { status: failed ? 'unavailable' : 'ok', checks: Object.fromEntries(entries) };
  }
}

async function outcomeOf(check: HealthCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${CHECK_DEADLINE_MS} ms`)), CHECK_DEADLINE_MS);
  });
  try {
    await Promise.race([Promise.resolve().then(check), deadline]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : 'failed';
  } finally {
    clearTimeout(timer);
  }
}
