/**
 * Keeps things running.
 * Guarantee: what ended without being told to is started again, after a delay that doubles from half a second to thirty and
 * starts over once it has run for a minute.
 * Limit: it looks twice a second; what dies and is started again by itself in between goes unnoticed.
 */
export interface Kept {
  name: string;
  isAlive: () => boolean;
  restart: () => Promise<void>;
}

export interface KeeperOptions {
  log: (text: string) => void;
  /** Told after a restart, so that process ids can be written down again. */
  onRestart: () => void;
  now?: () => number;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const STABLE_MS = 60_000;
const LOOK_MS = 500;

interface Watch {
  kept: Kept;
  delayMs: number;
  startedAt: number;
  /** When to start it again; undefined while it runs. */
  dueAt: number | undefined;
  isStarting: boolean;
}

export class Keeper {
  private readonly watches: Watch[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly now: () => number;

  constructor(private readonly options: KeeperOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  add(kept: Kept): void {
    this.watches.push({ kept, delayMs: FIRST_DELAY_MS, startedAt: this.now(), dueAt: undefined, isStarting: false });
  }

  start(): void {
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** From now on nothing is started again. */
  stop(): void {
    clearInterval(this.timer);
    this.watches.length = 0;
  }

  /** One round; on a timer after {@link start}. */
  look(): void {
    for (const watch of this.watches) if (!watch.isStarting) this.lookAt(watch);
  }

  private lookAt(watch: Watch): void {
    const now = this.now();
    if (watch.kept.isAlive()) {
      if (now - watch.startedAt > STABLE_MS) watch.delayMs = FIRST_DELAY_MS;
      return;
    }
    if (watch.dueAt === undefined) {
      watch.dueAt = now + watch.delayMs;
      this.options.log(`${watch.kept.name} ended; it is started again in ${watch.delayMs / 1_000} s`);
      watch.delayMs = Math.min(LONGEST_DELAY_MS, watch.delayMs * 2);
    }
    if (now >= watch.dueAt) void this.restart(watch);
  }

  private async restart(watch: Watch): Promise<void> {
    watch.isStarting = true;
    try {
      await watch.kept.restart();
      this.options.log(`${watch.kept.name} runs again`);
    } catch (error) {
      this.options.log(`${watch.kept.name} did not start: ${error instanceof Error ? error.message : String(error)}`);
    }
    watch.startedAt = this.now();
    watch.dueAt = undefined;
    watch.isStarting = false;
    this.options.onRestart();
  }
}
