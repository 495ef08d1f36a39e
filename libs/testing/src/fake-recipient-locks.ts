import type { ClaimAnswer, RecipientLocks, RecipientLocksOptions } from '@postrider/locks';
import { DependencyUnavailable } from '@postrider/runtime';

interface Entry {
  owner: string | undefined;
  until: number;
}

/** The recipient locks in memory; one suite runs against it and against Redis (libs/locks/test). */
export class FakeRecipientLocks implements Pick<RecipientLocks, 'claim' | 'done' | 'release'> {
  /** While true every call fails, as it does without Redis. */
  unavailable = false;
  private readonly entries = new Map<string, Entry>();
  private readonly leaseMs: number;
  private readonly doneMs: number;

  constructor(
    options: RecipientLocksOptions = {},
    private readonly now: () => number = () => performance.now(),
  ) {
    this.leaseMs = options.leaseMs ?? 60_000;
    this.doneMs = options.doneMs ?? 120_000;
  }

  async claim(keys: readonly string[], owner: string): Promise<ClaimAnswer[]> {
    this.failIfUnavailable();
    return keys.map((key) => {
      const entry = this.find(key);
      if (entry && entry.owner === undefined) return 'done';
      if (entry && entry.owner !== owner) return 'held';
      this.entries.set(key, { owner, until: this.now() + this.leaseMs });
      return 'claimed';
    });
  }

  async done(keys: readonly string[], owner: string): Promise<void> {
    this.failIfUnavailable();
    for (const key of keys) {
      const entry = this.find(key);
      if (!entry || entry.owner === owner) this.entries.set(key, { owner: undefined, until: this.now() + this.doneMs });
    }
  }

  async release(keys: readonly string[], owner: string): Promise<void> {
    this.failIfUnavailable();
    for (const key of keys) if (this.find(key)?.owner === owner) this.entries.delete(key);
  }

  /** As after a flush, or a restart without persistence. */
  forgetEverything(): void {
    this.entries.clear();
  }

  private find(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    return entry && entry.until > this.now() ? entry : undefined;
  }

  private failIfUnavailable(): void {
    if (this.unavailable) throw new DependencyUnavailable('redis');
  }
}
