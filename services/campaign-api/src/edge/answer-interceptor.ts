import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { OutboxRelay } from '../outbox/outbox-relay.js';
import { Answered, etagOf } from './answered.js';

/** How long an edit's answer waits for the broker; then it is answered all the same. */
const PUBLISH_PATIENCE_MS = 1_000;

/**
 * Sends an edit's answer after the other services were told, so that a call made with what it answers finds it there.
 * With the broker down the edit is kept and told later.
 */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly relay: OutboxRelay) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { method } = http.getRequest<FastifyRequest>();
    return next.handle().pipe(mergeMap(async (answer: unknown) => {
      if (method !== 'GET') await this.relay.settle(PUBLISH_PATIENCE_MS);
      return unwrap(answer, http.getResponse<FastifyReply>());
    }));
  }
}

function unwrap(answer: unknown, reply: FastifyReply): unknown {
  if (!(answer instanceof Answered)) return answer;
  const { revision, status } = answer.init;
  if (revision !== undefined) void reply.header('etag', etagOf(revision));
  if (status !== undefined) void reply.status(status);
  return answer.body;
}
