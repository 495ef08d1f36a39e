/**
 * What every call passes before anything is done for it: who calls, may it, not too often, and is there room.
 * Guarantee: who calls, how often, and whether there is room are asked before the body is read, so a stranger's body is never
 * parsed, and neither is one that there is no room for. A refusal comes at once and has left nothing behind. A call that did
 * not come through the entrance is not worked on.
 */
import { Inject, Injectable } from '@nestjs/common';
import { authenticate, requireScope, TokenIssuers, Unauthenticated, type KeyDirectory, type Principal } from '@postrider/auth';
import { ConfigurationTable } from '@postrider/kafka';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallRefused } from '../calls/calls.errors.js';
import { Admission } from './admission.js';
import { LIMITS, type Limits } from './limits.js';
import { RateLimiter } from './rate-limiter.js';

@Injectable()
export class Gate {
  private readonly keys: KeyDirectory;
  private readonly principals = new WeakMap<FastifyRequest, Principal>();

  constructor(
    configurations: ConfigurationTable,
    private readonly issuers: TokenIssuers,
    private readonly rates: RateLimiter,
    private readonly admission: Admission,
    @Inject(LIMITS) private readonly limits: Limits,
  ) {
    this.keys = { find: (keyId) => configurations.get('api-key', keyId) };
  }

  /** @throws Unauthenticated, ForbiddenScope, ForbiddenSandbox, CallRefused */
  async enter(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const principal = await authenticate(request.headers, this.keys, this.issuers);
    requireScope(principal, request.method === 'GET' ? 'read' : 'execute');
    this.admission.check(asksForMessages(request));
    await this.count(principal, reply);
    this.principals.set(request, principal);
  }

  /** Does the work of a call that has entered. @throws CallRefused when there is no room */
  async pass<Answer>(request: FastifyRequest, work: (principal: Principal) => Promise<Answer>): Promise<Answer> {
    const principal = this.principals.get(request);
    if (!principal) throw new Unauthenticated();
    return this.admission.admit(asksForMessages(request), () => work(principal));
  }

  private async count({ keyId, ratePerSecond }: Principal, reply: FastifyReply): Promise<void> {
    const rate = ratePerSecond ?? this.limits.ratePerSecond;
    const { isAllowed, remaining, retryAfterMs } = await this.rates.take(keyId, rate);
    void reply.header('ratelimit-limit', String(rate)).header('ratelimit-remaining', String(remaining)).header('ratelimit-reset', '1');
    if (!isAllowed) throw new CallRefused('RATE_LIMITED', `This key may make ${rate} calls a second.`, { retryAfterSeconds: retryAfterMs / 1_000 });
  }
}

/** Holding an execution asks for none: it is what somebody does when there is too much. */
const asksForMessages = ({ method, url }: FastifyRequest): boolean => method === 'POST' && !url.endsWith('/pause') && !url.endsWith('/resume');
