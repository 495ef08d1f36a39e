import { Inject, Injectable, mixin, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { authenticate, requireScope, TokenIssuers, type Principal } from '@postrider/auth';
import { ApiKeyDirectory } from '../access/api-key-directory.js';

/** A request whose sender is known. */
export type AdmittedRequest = FastifyRequest & { principal: Principal };

/** Lets in callers whose key has the scope; keys with `admin` may read as well. */
export class AdminGuard {
  private static readonly guards = new Map<string, Type<CanActivate>>();

  static of(scope: 'read' | 'admin'): Type<CanActivate> {
    const known = AdminGuard.guards.get(scope);
    if (known) return known;
    const guard = guardFor(scope);
    AdminGuard.guards.set(scope, guard);
    return guard;
  }
}

function guardFor(scope: 'read' | 'admin'): Type<CanActivate> {
  @Injectable()
  class ScopeGuard implements CanActivate {
    constructor(
      @Inject(ApiKeyDirectory) private readonly directory: ApiKeyDirectory,
      @Inject(TokenIssuers) private readonly issuers: TokenIssuers,
    ) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<AdmittedRequest>();
      const principal = await authenticate(request.headers, this.directory, this.issuers);
      if (scope === 'admin' || !principal.scopes.includes('admin')) requireScope(principal, scope);
      request.principal = principal;
      return true;
    }
  }
  return mixin(ScopeGuard);
}
