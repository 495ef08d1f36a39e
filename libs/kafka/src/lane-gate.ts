/**
 * Lets the transactional lane of a process go first.
 * Guarantee: no handler call of a bulk topic begins while a transactional topic of the process has records waiting or in a
 * handler, nor in the short calm after. Bulk consumers stay members of their groups meanwhile: they fetch what one call takes,
 * and go on with their heartbeats.
 * Limits: a bulk call that has begun goes on, which is why bulk calls are smaller. While transactional records keep coming they
 * go one at a time, are smaller still, and rest after each for four times as long as it took, up to half a second: few calls of
 * some size take less of the cores, the stores and the broker than many small ones, and leave them alone four fifths of the time.
 * Records that are on the broker and not fetched yet are not seen. What a process holds back, others may take: each looks at
 * itself alone.
 * Failure mode: while the transactional lane never comes to rest, or waits for a dependency, the bulk lane of the process
 * stands still, without a bound; `kafka_lane_held_seconds` says for how long.
 */
export const CALM_MS = 20;
/** Transactional records keep coming when the last of them was handled no longer ago. */
const LIVELY_MS = 1_000;
const SHARE_WHILE_LIVELY = 0.4;
/** Of the time that a call took. */
const REST = 4;
const LONGEST_REST_MS = 500;

/** For how long bulk work rests, in milliseconds, after a call that took so long beside work that goes first. */
export const restAfter = (tookMs: number): number => Math.min(tookMs * REST, LONGEST_REST_MS);

/** What an assignment tells, and asks, of its lane. */
export interface LaneSide {
  /** Told after each change whether records wait or are in a handler. */
  worked: (isBusy: boolean) => void;
  /** Whether a call may begin that has records to take. */
  mayStart: () => boolean;
  /** Of a whole batch, how much one call may take; below 1 only one call goes at a time. */
  share: () => number;
  /** Told how long a call took. */
  ended: (tookMs: number) => void;
}

/** Of a contract without lanes: it neither holds others back nor is held. */
export const NO_LANE: LaneSide = { worked: () => undefined, mayStart: () => true, share: () => 1, ended: () => undefined };

/** How long a bulk consumer has been held in all. */
export interface HeldLane extends LaneSide {
  readonly heldMs: number;
}

export class LaneGate {
  private busy = 0;
  private restsSinceMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly calmMs = CALM_MS,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** The side of one assignment of a transactional topic. */
  first(): LaneSide {
    let wasBusy = false;
    const worked = (isBusy: boolean): void => {
      if (isBusy === wasBusy) return;
      wasBusy = isBusy;
      this.busy += isBusy ? 1 : -1;
      if (this.busy === 0) this.rest();
    };
    return { ...NO_LANE, worked };
  }

  /** The side of a consumer of a bulk topic; `resume` is called when calls may begin that were held. */
  second(resume: () => void): HeldLane {
    const { nowMs } = this;
    let heldMs = 0;
    let heldSince: number | undefined;
    let restsUntilMs = -Infinity;
    let rest: NodeJS.Timeout | undefined;
    const resumeAfter = (restMs: number): void => {
      rest ??= setTimeout(() => {
        rest = undefined;
        resume();
      }, Math.ceil(restMs));
    };
    const mayStart = (): boolean => {
      const restMs = this.isLively ? restsUntilMs - nowMs() : 0;
      if (this.isOpen && restMs <= 0) {
        if (heldSince !== undefined) heldMs += nowMs() - heldSince;
        heldSince = undefined;
        return true;
      }
      heldSince ??= nowMs();
      if (this.isOpen) resumeAfter(restMs);
      else this.waiting.add(resume);
      return false;
    };
    return {
      ...NO_LANE,
      mayStart,
      share: () => (this.isLively ? SHARE_WHILE_LIVELY : 1),
      ended: (tookMs) => {
        restsUntilMs = nowMs() + restAfter(tookMs);
      },
      get heldMs() {
        return heldMs + (heldSince === undefined ? 0 : nowMs() - heldSince);
      },
    };
  }

  /** For bulk work that no topic brings: resolves when a piece of it may begin. */
  async opened(): Promise<void> {
    while (!this.isOpen) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  private get isOpen(): boolean {
    return this.busy === 0 && this.nowMs() - this.restsSinceMs >= this.calmMs;
  }

  private get isLively(): boolean {
    return this.busy > 0 || this.nowMs() - this.restsSinceMs < LIVELY_MS;
  }

  private rest(): void {
    this.restsSinceMs = this.nowMs();
    this.timer ??= setTimeout(() => this.look(), this.calmMs);
  }

  /** One timer for all rests: a trickle of short calls must not cost one each. */
  private look(): void {
    this.timer = undefined;
    if (this.busy > 0) return;
    const restMs = this.calmMs - (this.nowMs() - this.restsSinceMs);
    if (restMs > 0) {
      this.timer = setTimeout(() => this.look(), Math.ceil(restMs));
      return;
    }
    const resumes = [...this.waiting];
    this.waiting.clear();
    for (const resume of resumes) resume();
  }
}
