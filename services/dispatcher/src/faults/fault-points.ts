/** The moments of a send at which tests kill the process. */
export const FAULT_POINTS = ['after-claim', 'after-intent', 'after-hand-over', 'before-record', 'before-publish', 'before-commit'] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/**
 * Ends the process with SIGKILL at the n-th visit of one point; without a point it does nothing. Allowed in local mode only.
 */
export class Faults {
  private readonly point: string | undefined;
  private remaining: number;

  /** `<point>[:n]`, n being 1 when left out. */
  constructor(
    setting: string | undefined,
    private readonly kill: () => void = () => process.kill(process.pid, 'SIGKILL'),
  ) {
    const [point, visit = '1'] = setting?.split(':') ?? [];
    this.point = point;
    this.remaining = Number(visit);
  }

  visit(point: FaultPoint): void {
    if (point !== this.point) return;
    this.remaining -= 1;
    if (this.remaining === 0) this.kill();
  }
}
