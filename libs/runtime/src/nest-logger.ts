import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Nest's own lines in the form of ours. Its start-up chatter is kept for `debug`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug('nest.log', { message, context: rest.at(-1) });
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn('nest.warn', { message, context: rest.at(-1) });
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error('nest.error', message instanceof Error ? { error: message } : { message, rest });
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}
