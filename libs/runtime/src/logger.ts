import { pino, type DestinationStream, type Logger as Pino } from 'pino';

export type LogFields = Readonly<Record<string, unknown>>;

/** Anything that reads like an e-mail address; logs never hold one. */
const ADDRESS = /[^\s"'<>@,;:()/]+@[^\s"'<>@,;:()]+\.[^\s"'<>@,;:()]+/g;
const SECRET_FIELDS = ['authorization', 'password', 'token', 'secret', 'x-api-key', '*.authorization', '*.password', '*.token', '*.secret'];

const withoutAddresses = (text: string): string => text.replace(ADDRESS, '[address]');

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { cause } = error;
  return {
    type: error.name,
    message: withoutAddresses(error.message),
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack === undefined ? undefined : withoutAddresses(error.stack),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

/**
 * One JSON line per event, on standard output. `event` is a stable name (`batch.handled`), never a sentence
 * with values in it; values go into fields. Addresses are cut out of error texts, secrets out of fields.
 */
export class Logger {
  constructor(private readonly pino: Pino) {}

  static create(service: string, level: string, destination?: DestinationStream): Logger {
    const options = {
      level,
      base: { service, pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label: string) => ({ level: label }) },
      messageKey: 'event',
      redact: { paths: SECRET_FIELDS, censor: '[secret]' },
      serializers: { error: describeError },
    };
    return new Logger(destination ? pino(options, destination) : pino(options));
  }

  debug(event: string, fields: LogFields = {}): void {
    this.pino.debug(fields, event);
  }

  info(event: string, fields: LogFields = {}): void {
    this.pino.info(fields, event);
  }

  warn(event: string, fields: LogFields = {}): void {
    this.pino.warn(fields, event);
  }

  error(event: string, fields: LogFields = {}): void {
    this.pino.error(fields, event);
  }
}
