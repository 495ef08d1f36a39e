export interface DispatchOptions {
  leaseMs: number;
  chunkMessages: number;
  retryPollMs: number;
}

export const DISPATCH_OPTIONS = Symbol('DispatchOptions');
