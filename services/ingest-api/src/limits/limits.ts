export interface Limits {
  ratePerSecond: number;
  maxCallsInFlight: number;
  maxPublisherBacklog: number;
}

export const LIMITS = Symbol('Limits');
