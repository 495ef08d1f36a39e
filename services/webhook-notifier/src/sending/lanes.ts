import type { Wanted } from '../queue/delivery-store.js';
import { EndpointLane } from './endpoint-lane.js';

/** The lanes of this process, one for each endpoint that it met. */
export class Lanes {
  private readonly byEndpoint = new Map<string, EndpointLane>();
  private tellHunger: () => void = () => undefined;

  /** @param concurrency calls of one endpoint at once, while it answers well */
  constructor(private readonly concurrency: number) {}

  of(endpointId: string): EndpointLane {
    let lane = this.byEndpoint.get(endpointId);
    if (!lane) this.byEndpoint.set(endpointId, (lane = new EndpointLane(endpointId, this.concurrency)));
    return lane;
  }

  all(): Iterable<EndpointLane> {
    return this.byEndpoint.values();
  }

  /** What the lanes of these endpoints can take from the queue. */
  wanted(endpointIds: readonly string[]): Wanted[] {
    return endpointIds
      .map((endpointId) => ({ endpointId, places: this.byEndpoint.get(endpointId)?.wanted ?? this.concurrency }))
      .filter(({ places }) => places > 0);
  }

  /** Called when a lane that is behind could take more. */
  onHunger(listener: () => void): void {
    this.tellHunger = listener;
  }

  /** To be asked after a lane moved on. */
  noteHunger(lane: EndpointLane): void {
    if (lane.isBehind && lane.wanted > 0) this.tellHunger();
  }
}
