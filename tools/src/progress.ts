/** `✓ Kafka (3.4 s)` */
export function printProgress(what: string, ms: number): void {
  console.log(`✓ ${what}${ms > 0 ? ` (${(ms / 1_000).toFixed(1)} s)` : ''}`);
}
