/** What trying again could do, decided where the error is made: the one table of kinds. */
const KINDS = {
  invalid: { status: 400, log: 'warn' },
  'not-found': { status: 404, log: 'warn' },
  conflict: { status: 409, log: 'warn' },
  transient: { status: 503, log: 'warn' },
  bug: { status: 500, log: 'error' },
} as const;

export type ErrorKind = keyof typeof KINDS;

/** One fault of an input; `path` is a JSON Pointer (RFC 6901). */
export interface InputFault {
  path: string;
  code: string;
  message: string;
  index?: number;
  userId?: string;
}

export interface AppErrorInit {
  /** Stable, in capitals; the public ones are in the table of `libs/contracts`. */
  code: string;
  kind: ErrorKind;
  /** One sentence for the caller: what is wrong and what to do. Never a secret or an address. */
  detail: string;
  /** HTTP status; by default that of the kind. */
  status?: number;
  faults?: readonly InputFault[];
  retryAfterSeconds?: number;
  context?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** The root of every error that this house throws on purpose. Anything else thrown is a bug. */
export abstract class AppError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly status: number;
  readonly detail: string;
  readonly faults: readonly InputFault[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly context: Readonly<Record<string, string>> | undefined;

  constructor(init: AppErrorInit) {
    super(`${init.code}: ${init.detail}`, { cause: init.cause });
    this.name = new.target.name;
    this.code = init.code;
    this.kind = init.kind;
    this.status = init.status ?? KINDS[init.kind].status;
    this.detail = init.detail;
    this.faults = init.faults;
    this.retryAfterSeconds = init.retryAfterSeconds;
    this.context = init.context;
  }
}

export function kindOf(error: unknown): ErrorKind {
  return error instanceof AppError ? error.kind : 'bug';
}

/** The level at which an error of this kind is logged: ERROR means that a person must act. */
export function logLevelOf(kind: ErrorKind): 'warn' | 'error' {
  return KINDS[kind].log;
}
