import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, kindOf, logLevelOf, type ErrorKind } from './app-error.js';
import type { Logger } from './logger.js';
import { problemOf } from './problem.js';

/** What the web framework itself refuses, in our own words. */
class RefusedRequest extends AppError {
  constructor(code: string, status: number, detail: string) {
    const kinds: Record<number, ErrorKind> = { 404: 'not-found', 503: 'transient' };
    super({ code, kind: kinds[status] ?? 'invalid', status, detail });
  }
}

const FRAMEWORK_CODES: Record<number, string> = {
  400: 'INVALID_BODY',
  404: 'NOT_FOUND',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  414: 'INVALID_QUERY',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  431: 'HEADERS_TOO_LARGE',
  503: 'UNAVAILABLE',
};

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** Framework errors of the 4xx range (unknown route, unreadable body) as {@link AppError}s; others unchanged. */
export function translateFrameworkError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  const code = status === undefined ? undefined : FRAMEWORK_CODES[status];
  if (status === undefined || code === undefined) return error;
  return new RefusedRequest(code, status, error instanceof Error ? error.message : code);
}

/** Writes an error as a problem and logs it once, at the level of its kind. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const translated = translateFrameworkError(error);
  const problem = problemOf(translated, String(request.id));
  const kind = kindOf(translated);
  const level = logLevelOf(kind);
  if (level === 'error' || kind === 'transient') {
    logger[level]('http.failed', { method: request.method, route: request.routeOptions.url, status: problem.status, requestId: request.id, error });
  }
  if (translated instanceof AppError && translated.retryAfterSeconds !== undefined) {
    void reply.header('retry-after', String(Math.max(1, Math.ceil(translated.retryAfterSeconds))));
  }
  void reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(problem));
}

/** Every error that leaves a controller, as a problem. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.logger);
  }
}
