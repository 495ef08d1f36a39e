/** What the sinks got, held against what was promised. */
import type { ReceivedMail } from '@postrider/testing';

const MESSAGE_ID = /^Message-ID:\s*<([^@>]+)/im;
const HEADER_BYTES = 8_192;

export function messageIdOf(mail: ReceivedMail): string {
  return MESSAGE_ID.exec(mail.raw.subarray(0, HEADER_BYTES).toString('latin1'))?.[1] ?? '';
}

export interface Account {
  /** Promised and neither received nor reported as something else. */
  lost: string[];
  doubled: string[];
  received: number;
}

/** Mails by messageId against the ids that a 202 named; `excused` were reported as `unknown`. */
export function account(promised: readonly string[], mails: readonly ReceivedMail[], excused: ReadonlySet<string> = new Set()): Account {
  const times = new Map<string, number>();
  for (const mail of mails) times.set(messageIdOf(mail), (times.get(messageIdOf(mail)) ?? 0) + 1);
  return {
    lost: promised.filter((id) => !times.has(id) && !excused.has(id)),
    doubled: promised.filter((id) => (times.get(id) ?? 0) > 1),
    received: promised.filter((id) => times.has(id)).length,
  };
}
