/** A run as the execution API answers it. */
export interface AudienceRun {
  status: 'InProgress' | 'Succeeded' | 'Failed';
  targetedProfileCount: number;
  run: { state: string; resolved: number } | null;
  totals: Totals;
}

export type Totals = Record<'targeted' | 'sent' | 'failed' | 'excluded' | 'expired' | 'cancelled' | 'unknown' | 'pending', number>;

const WINDOW_MS = 3_000;

/** The right side of I0. */
export const sumOf = ({ targeted: _, ...parts }: Totals): number => Object.values(parts).reduce((sum, part) => sum + part, 0);

/** Tells a run in a line; the rate is that of the last three seconds. */
export function progressOf(): (run: AudienceRun, atMs: number) => string {
  const seen: { atMs: number; sent: number }[] = [];
  return ({ run, totals, targetedProfileCount }, atMs) => {
    seen.push({ atMs, sent: totals.sent });
    while (seen.length > 2 && atMs - (seen[0]?.atMs ?? 0) > WINDOW_MS) seen.shift();
    const [first = { atMs, sent: 0 }] = seen;
    const rate = atMs > first.atMs ? ((totals.sent - first.sent) * 1_000) / (atMs - first.atMs) : 0;
    const parts = [
      `${(atMs / 1_000).toFixed(1).padStart(5)} s`,
      `resolved ${run?.resolved ?? 0} of ${targetedProfileCount}`,
      `sent ${totals.sent}`,
      `rate ${rate.toFixed(0)}/s`,
      `remaining ${totals.pending}`,
    ];
    return parts.join('   ');
  };
}
