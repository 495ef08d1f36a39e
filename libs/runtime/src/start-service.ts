/**
 * The life of a process.
 * Guarantee: work begins only after everything that the modules load at start is loaded; SIGTERM and SIGINT finish
 * what is in flight and then end the process with 0; what nobody caught ends it with 1, so that a supervisor starts
 * it again and health never lies.
 * Limit: after SHUTDOWN_DEADLINE_MS the process ends with 1 whatever is still in flight; every consumer's work is
 * safe to be replayed.
 */
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { describeConfig, type RuntimeConfig } from './config.js';
import { createService } from './create-service.js';
import { Health } from './health.js';
import { Logger } from './logger.js';
import { RUNTIME_CONFIG } from './runtime.module.js';
import { TRANSPORT_STRATEGY } from './transport-strategy.js';

/** Starts the service and returns when it takes work. A failure to start ends the process with 1. */
export async function startService(module: DynamicModule | Type): Promise<void> {
  const startedAt = performance.now();
  try {
    const app = await createService(module);
    const config = app.get<RuntimeConfig>(RUNTIME_CONFIG, { strict: false });
    const logger = app.get(Logger, { strict: false });
    watchForDeath(app, logger, config.SHUTDOWN_DEADLINE_MS);
    await listen(app, config);
    const ms = Math.round(performance.now() - startedAt);
    logger.info('service.started', { url: await app.getUrl(), mode: config.POSTRIDER_MODE, ms, settings: describeConfig(config) });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  }
}

/** Connects the broker's transport, where the service consumes, and opens the HTTP port. */
export async function listen(app: INestApplication, config: RuntimeConfig): Promise<void> {
  const strategy = transportOf(app);
  if (strategy) app.connectMicroservice({ strategy }, { inheritAppConfig: false });
  await app.init();
  if (strategy) await app.startAllMicroservices();
  await app.listen(config.HTTP_PORT, config.HTTP_HOST);
}

function transportOf(app: INestApplication): CustomTransportStrategy | undefined {
  try {
    return app.get<CustomTransportStrategy>(TRANSPORT_STRATEGY, { strict: false });
  } catch {
    return undefined;
  }
}

function watchForDeath(app: INestApplication, logger: Logger, deadlineMs: number): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const startedAt = performance.now();
    setTimeout(() => {
      logger.error('service.stop-overdue', { deadlineMs });
      process.exit(1);
    }, deadlineMs).unref();
    app.get(Health, { strict: false }).drain();
    await app.close();
    logger.info('service.stopped', { signal, ms: Math.round(performance.now() - startedAt) });
    process.exit(0);
  };
  const die = (event: string) => (error: unknown) => {
    logger.error(event, { error });
    process.exit(1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void stop(signal).catch(die('service.stop-failed')));
  }
  process.on('uncaughtException', die('service.uncaught-exception'));
  process.on('unhandledRejection', die('service.unhandled-rejection'));
}
