import type { IncomingMessage } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** NDJSON and CSV. */
const STREAMED = /^(?:application\/(?:x-ndjson|ndjson|jsonl)|text\/csv)\b/i;
const SILENCE_MS = 60_000;

/**
 * Lets a body of NDJSON or CSV be of any size and take any time: the route is given the stream itself. In place of the limit on
 * the whole request, a connection on which nothing moves for a minute is closed.
 */
@Injectable()
export class OpenEndedUploads implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addContentTypeParser(STREAMED, (_request: unknown, body: IncomingMessage, done: (error: Error | null, body: IncomingMessage) => void) => {
      done(null, body);
    });
    fastify.server.requestTimeout = 0;
    fastify.server.setTimeout(SILENCE_MS);
  }
}
