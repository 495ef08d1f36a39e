import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, Module, type CanActivate, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { AppError } from './app-error.js';

const INTERNAL_TOKEN = Symbol('InternalToken');

/** The header in which one service shows another the shared secret. */
export const INTERNAL_TOKEN_HEADER = 'x-internal-token';

export class InternalTokenRejected extends AppError {
  constructor() {
    super({ code: 'UNAUTHENTICATED', kind: 'invalid', status: 401, detail: 'This API is for other services of the installation.' });
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets through only callers that show the internal token; compared in constant time. */
@Injectable()
export class InternalTokenGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(@Inject(INTERNAL_TOKEN) token: string) {
    this.expected = digest(token);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string | string[] | undefined> }>();
    const shown = request.headers[INTERNAL_TOKEN_HEADER];
    if (typeof shown !== 'string' || !timingSafeEqual(digest(shown), this.expected)) throw new InternalTokenRejected();
    return true;
  }
}

/** Makes {@link InternalTokenGuard} usable in controllers of the process. */
@Module({})
export class InternalApiModule {
  static register(token: string): DynamicModule {
    return {
      module: InternalApiModule,
      global: true,
      providers: [{ provide: INTERNAL_TOKEN, useValue: token }, InternalTokenGuard],
      exports: [INTERNAL_TOKEN, InternalTokenGuard],
    };
  }
}
