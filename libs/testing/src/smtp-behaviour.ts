/** What a mail server answers when it does not want to. */
export interface SmtpReply {
  /** 4xx: for now; 5xx: for good. */
  code: number;
  /** May begin with an enhanced status code (RFC 3463), e.g. `5.1.1 no such user`. */
  text: string;
}

/** How the sink treats its clients; every field may change while it runs. */
export interface SmtpBehaviour {
  /** Answers to RCPT TO; undefined accepts. */
  recipient?: (address: string) => SmtpReply | undefined;
  /** Answers to the end of DATA; undefined accepts. `attempt` counts from 1 for each recipient. */
  data?: (recipient: string, attempt: number) => SmtpReply | undefined;
  /** How long the answer to the end of DATA takes. */
  delayMs?: number | ((recipient: string) => number);
  /** Keeps the mail but closes the connection in place of the answer, so that a client cannot know. `attempt` as above. */
  dropAfterData?: (recipient: string, attempt: number) => boolean;
  /** Greets with 421 and hangs up. */
  refuseConnections?: boolean;
}

/** A behaviour's `data`: the first tries of each recipient are put off, as by greylisting. */
export function putOffFirst(times: number, reply: SmtpReply = { code: 451, text: '4.7.1 try again later' }): NonNullable<SmtpBehaviour['data']> {
  return (_recipient, attempt) => (attempt <= times ? reply : undefined);
}
