import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LatestEvaluations, type Evaluation } from '@postrider/contracts';
import { AppError, Logger } from '@postrider/runtime';
import { PeerClient, type PeerAnswer, type PeerCall, type PeerStream } from '../peers/peer.client.js';

/** Sizes are an addition to an answer: it does not wait long for them. */
const LATEST_WITHIN_MS = 2_000;
/** How long the configuration topic may take to bring a new audience to the resolver. */
const NEWS_WITHIN_MS = 3_000;
const ASK_AGAIN_MS = 100;

type AudienceCall = Omit<PeerCall, 'path' | 'query'> & { tenantId: string; path: string; query?: PeerCall['query'] };

/** Members, evaluations and uploads, which audience-resolver owns. */
@Injectable()
export class AudienceResolver {
  constructor(
    private readonly peer: PeerClient,
    private readonly logger: Logger,
  ) {}

  /** The last completed evaluation of each audience that has one, by its id; none while the resolver does not answer. */
  async latest(tenantId: string, ids: readonly string[]): Promise<Map<string, Evaluation>> {
    if (ids.length === 0) return new Map();
    try {
      const { body } = await this.call({ method: 'POST', path: 'latest', tenantId, body: { ids }, withinMs: LATEST_WITHIN_MS });
      const { evaluations } = LatestEvaluations.parse(body);
      return new Map(evaluations.map((evaluation) => [evaluation.audienceId, evaluation]));
    } catch (error) {
      this.logger.warn('audiences.sizes-unavailable', { error });
      return new Map();
    }
  }

  /** @param path below `/internal/audiences/` */
  call({ tenantId, path, query, ...call }: AudienceCall): Promise<PeerAnswer> {
    return this.peer.call({ ...call, path: `/internal/audiences/${path}`, query: { ...query, tenantId } });
  }

  /** The same for an audience that exists: asks again for a moment where the resolver has not heard of it yet. */
  async callOfKnown(call: Omit<AudienceCall, 'stream'>): Promise<PeerAnswer> {
    const giveUpAt = performance.now() + NEWS_WITHIN_MS;
    for (;;) {
      try {
        return await this.call(call);
      } catch (error) {
        if (!isUnheardOf(error) || performance.now() > giveUpAt) throw error;
        await wait(ASK_AGAIN_MS);
      }
    }
  }

  open({ tenantId, path, query, ...call }: AudienceCall): Promise<PeerStream> {
    return this.peer.open({ ...call, path: `/internal/audiences/${path}`, query: { ...query, tenantId } });
  }
}

const isUnheardOf = (error: unknown): boolean => error instanceof AppError && error.code === 'AUDIENCE_NOT_FOUND';
