import { Body, Controller, Delete, Get, Module, Post, UseGuards, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from './app-error.js';
import { createService } from './create-service.js';
import { DependencyUnavailable } from './dependency-unavailable.error.js';
import { Health } from './health.js';
import { InternalApiModule, InternalTokenGuard } from './internal-api.module.js';
import { RuntimeModule } from './runtime.module.js';

class OrderRefused extends AppError {
  constructor() {
    super({ code: 'ORDER_REFUSED', kind: 'conflict', detail: 'No.', faults: [{ path: '/a', code: 'X', message: 'x' }] });
  }
}

@Controller()
class SpecController {
  @Get('refused')
  refused(): never {
    throw new OrderRefused();
  }

  @Get('broken')
  broken(): never {
    throw new Error('secret detail of ada@shop.test');
  }

  @Get('unavailable')
  unavailable(): never {
    throw new DependencyUnavailable('postgres');
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Delete('order')
  forget(): string {
    return 'gone';
  }

  @Get('internal')
  @UseGuards(InternalTokenGuard)
  internal(): string {
    return 'in';
  }
}

@Module({ controllers: [SpecController] })
class SpecModule {
  static with(): DynamicModule {
    const config = { HTTP_PORT: 0, HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'silent', SHUTDOWN_DEADLINE_MS: 1_000, POSTRIDER_MODE: 'local' } as const;
    return { module: SpecModule, imports: [RuntimeModule.register({ service: 'spec', config }), InternalApiModule.register('0123456789abcdef')] };
  }
}

describe(createService.name, () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await createService(SpecModule.with());
    await app.init();
  });

  afterAll(() => app.close());

  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });

  it('takes a DELETE that names a type and has no body', async () => {
    const answer = await app.inject({ method: 'DELETE', url: '/order', headers: { 'content-type': 'application/json' } });

    expect([answer.statusCode, answer.body]).toEqual([200, 'gone']);
  });

  it('answers an error of ours as a problem with its faults', async () => {
    const answer = await get('/refused');

    expect(answer.statusCode).toBe(409);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ code: 'ORDER_REFUSED', requestId: answer.headers['x-request-id'], errors: [{ path: '/a' }] });
  });

  it('says nothing of an unexpected error but that it happened', async () => {
    const answer = await get('/broken');

    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/secret|ada@|stack/);
  });

  it('asks to try again when a dependency is away', async () => {
    const answer = await get('/unavailable');

    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
  });

  it.each([
    ['an unknown route', { method: 'GET', url: '/nowhere' }, 404, 'NOT_FOUND'],
    ['broken JSON', { method: 'POST', url: '/echo', payload: '{', headers: { 'content-type': 'application/json' } }, 400, 'INVALID_BODY'],
    ['a huge body', { method: 'POST', url: '/echo', payload: { a: 'x'.repeat(1_100_000) } }, 413, 'BODY_TOO_LARGE'],
    ['another media type', { method: 'POST', url: '/echo', payload: '<a/>', headers: { 'content-type': 'text/xml' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ] as const)('refuses %s with a problem', async (_what, request, status, code) => {
    const answer = await app.inject(request as never);

    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code });
  });

  it('keeps the internal API for those who show the token', async () => {
    const without = await get('/internal');
    const wrong = await get('/internal', { 'x-internal-token': 'fedcba9876543210' });
    const right = await get('/internal', { 'x-internal-token': '0123456789abcdef' });

    expect([without.statusCode, wrong.statusCode, right.statusCode]).toEqual([401, 401, 200]);
  });

  it('tells readiness and metrics', async () => {
    app.get(Health).register('broken', () => {
      throw new Error('away');
    });

    const [live, ready, metrics] = await Promise.all([get('/health/live'), get('/health/ready'), get('/metrics')]);

    expect([live.statusCode, ready.statusCode]).toEqual([200, 503]);
    expect(metrics.body).toContain('process_cpu_seconds_total');
  });
});
