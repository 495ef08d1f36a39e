import { describe, expect, it } from '@jest/globals';
import type { Lane } from '@postrider/contracts';
import { DependencyUnavailable, Health } from '@postrider/runtime';
import type { OldestPending } from '../executions/oldest-pending.js';
import { ImHealthController } from './im-health.controller.js';

function setUp(seconds: (lane: Lane) => Promise<number>) {
  const health = new Health();
  return { health, controller: new ImHealthController({ seconds } as unknown as OldestPending, health) };
}

describe(ImHealthController.name, () => {
  it('says how old what waits is in each lane', async () => {
    const { controller } = setUp(async (lane) => (lane === 'bulk' ? 70 : 7));

    expect(await controller.read()).toEqual({ status: 'ok', lanes: { transactional: { oldestSeconds: 7 }, bulk: { oldestSeconds: 70 } } });
  });

  it('does not say that all is well when it cannot see what waits', async () => {
    const { controller } = setUp(() => Promise.reject(new DependencyUnavailable('postgres', new Error('spec'))));

    expect((await controller.read()).status).toBe('unavailable');
  });

  it('is unavailable when the process is, and asks for nothing then', async () => {
    let asked = 0;
    const { controller, health } = setUp(async () => (asked += 1));
    health.register('kafka', () => Promise.reject(new Error('spec')));

    expect(await controller.read()).toEqual({ status: 'unavailable', lanes: { transactional: { oldestSeconds: 0 }, bulk: { oldestSeconds: 0 } } });
    expect(asked).toBe(0);
  });

  it('asks once for all who ask at the same moment', async () => {
    const asked: string[] = [];
    const { controller } = setUp(async (lane) => asked.push(lane));

    await Promise.all(Array.from({ length: 10 }, () => controller.read()));

    expect(asked).toEqual(['transactional', 'bulk']);
  });
});
