/** A server process of the local stack. */
export interface Server {
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Resolves when the process that runs now is gone, with how it ended. */
  readonly ended: Promise<string>;
  isRunning(): boolean;
  /** Ends it in order; resolves when it is gone. */
  stop(): Promise<void>;
  /** SIGKILL, for tests of what happens then. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data; resolves when it answers. */
  restart(): Promise<void>;
}

export interface PostgresServer extends Server {
  /** As superuser, database `postgres`. */
  readonly url: string;
}

export interface KafkaServer extends Server {
  readonly brokers: string[];
}

export interface RedisServer extends Server {
  readonly url: string;
}

/** Where a server keeps what it writes, and the port it listens on (0 or none: a free one, kept across restarts). */
export interface ServerOptions {
  dir: string;
  port?: number;
}
