/**
 * What every call passes before anything is done for it: who calls, may it, not too often, and is there room.
 * Guarantee: a refusal here comes at once and has left nothing behind.
 */
import { Inject, Injectable } from '@nestjs/common';
import { authenticate, requireScope, TokenIssuers, type KeyDirectory, type Principal } from '@postrider/auth';
import type { Scope } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallRefused } from '../calls/calls.errors.js';
import { Admission } from './admission.js';
import { LIMITS, type Limits } from './limits.js';
import { RateLimiter } from './rate-limiter.js';

@Injectable()
export class Gate {
  private readonly keys: KeyDirectory;

  constructor(
    configurations: ConfigurationTable,
    private readonly issuers: TokenIssuers,
    private readonly rates: RateLimiter,
    private readonly admission: Admission,
    @Inject(LIMITS) private readonly limits: Limits,
  ) {
    this.keys = { find: (keyId) => configurations.get('api-key', keyId) };
  }

  /** Lets a call through and does its work. @throws Unauthenticated, ForbiddenScope, ForbiddenSandbox, CallRefused */
  async pass<Answer>(request: FastifyRequest, reply: FastifyReply, scope: Scope, work: (principal: Principal) => Promise<Answer>): Promise<Answer> {
    const principal = await authenticate(request.headers, this.keys, this.issuers);
    requireScope(principal, scope);
    await this.count(principal, reply);
    return this.admission.admit(() => work(principal));
  }

  private async count({ keyId, ratePerSecond }: Principal, reply: FastifyReply): Promise<void> {
    const rate = ratePerSecond ?? this.limits.ratePerSecond;
    const { isAllowed, remaining, retryAfterMs } = await this.rates.take(keyId, rate);
    void reply.header('ratelimit-limit', String(rate)).header('ratelimit-remaining', String(remaining)).header('ratelimit-reset', '1');
    if (!isAllowed) throw new CallRefused('RATE_LIMITED', `This key may make ${rate} calls a second.`, { retryAfterSeconds: retryAfterMs / 1_000 });
  }
}
