import { isNativeError } from 'node:util/types';
import { AppError, DependencyUnavailable } from '@postrider/runtime';

/**
 * SQLSTATEs after which the same statement may succeed (PostgreSQL manual, appendix A): connection exceptions (08),
 * insufficient resources (53), shutdown and start-up (57P01–57P05), statement timeout (57014), serialization failure,
 * deadlock, lock not available, idle transaction ended, and a server that went read-only in a fail-over.
 */
const TRANSIENT_STATE = /^(?:08...|53...|57P0[1-5]|57014|40001|40P01|55P03|25P0[34]|25006)$/;

const NETWORK_CODES = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT',
]);

/** What pg and pg-pool throw without a code. */
const CLIENT_MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|timeout expired)/;

interface DriverError {
  code?: unknown;
  driverError?: unknown;
}

/**
 * Errors that pass by themselves become {@link DependencyUnavailable}; constraint, syntax and permission errors, and
 * everything that is not an error of the database, are returned as they are.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (!isNativeError(error) || error instanceof AppError) return error;
  return isTransient(error) ? new DependencyUnavailable('postgres', error) : error;
}

function isTransient(error: Error & DriverError): boolean {
  if (isNativeError(error.driverError)) return isTransient(error.driverError);
  const { code } = error;
  if (typeof code === 'string') return TRANSIENT_STATE.test(code) || NETWORK_CODES.has(code);
  return CLIENT_MESSAGES.test(error.message);
}

/** The SQLSTATE of a database error (`23505` for a unique violation); undefined for any other. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!isNativeError(error)) return undefined;
  const { code, driverError } = error as DriverError;
  if (isNativeError(driverError)) return sqlStateOf(driverError);
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
