import { Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { Metrics } from '@postrider/runtime';
import { RecipientLocks, type RecipientLocksOptions } from './recipient-locks.js';
import { RedisClient } from './redis-client.js';
import { SendRate } from './send-rate.js';

export interface RedisModuleOptions {
  url: string;
  locks?: RecipientLocksOptions;
}

/**
 * The process's one connection to Redis, with the recipient locks and the send rates over it, known to every module. Starts without Redis
 * too: losing it costs speed, so it is told by metrics and not by readiness.
 */
@Module({})
export class RedisModule implements OnApplicationShutdown {
  constructor(private readonly redis: RedisClient) {}

  static register({ url, locks }: RedisModuleOptions): DynamicModule {
    const client: Provider = {
      provide: RedisClient,
      inject: [Metrics],
      useFactory: async (metrics: Metrics) => {
        const redis = new RedisClient({ url });
        metrics.gauge('redis_up', '1 while Redis answers', [], (gauge) => gauge.set({}, redis.isUp ? 1 : 0));
        await redis.start();
        return redis;
      },
    };
    const recipientLocks: Provider = {
      provide: RecipientLocks,
      inject: [RedisClient, Metrics],
      useFactory: (redis: RedisClient, metrics: Metrics) => {
        const claims = metrics.counter('recipient_lock_claims_total', 'Keys claimed, by answer', ['answer']);
        return new RecipientLocks(redis, locks, (answer, keys) => claims.inc({ answer }, keys));
      },
    };
    const sendRate: Provider = {
      provide: SendRate,
      inject: [RedisClient, Metrics],
      useFactory: (redis: RedisClient, metrics: Metrics) => {
        const fallbacks = metrics.counter('send_rate_fallbacks_total', 'Reservations that a process made for itself, because Redis was away');
        return new SendRate(redis, () => fallbacks.inc());
      },
    };
    return { module: RedisModule, global: true, providers: [client, recipientLocks, sendRate], exports: [RedisClient, RecipientLocks, SendRate] };
  }

  onApplicationShutdown(): void {
    this.redis.stop();
  }
}
