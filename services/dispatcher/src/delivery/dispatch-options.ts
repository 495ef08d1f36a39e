export interface DispatchOptions {
  leaseMs: number;
  chunkMessages: number;
  retryPollMs: number;
  /** How long after its call a campaign with a send rate may still be sent. */
  sendingWindowMs: number;
}

export const DISPATCH_OPTIONS = Symbol('DispatchOptions');
