/** The time as of which a call is decided: when it is to be carried out, or now where that has passed or is not said. */
export function dueTime(executeAt: string | undefined, now: Date): Date {
  const due = executeAt === undefined ? now : new Date(executeAt);
  return due > now ? due : now;
}
