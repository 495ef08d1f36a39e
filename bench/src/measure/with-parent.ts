/**
 * Ends this process when its parent asks for it, and when the parent is gone, however it ended: the parent holds the other
 * end of standard input. Keeps no process alive that has nothing else to do.
 */
export function endWithParent(end: () => void): void {
  process.on('SIGTERM', end);
  process.stdin.on('end', end).on('error', end).resume();
  (process.stdin as unknown as { unref?: () => void }).unref?.();
}
