import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Metrics } from '@postrider/runtime';
import type { FastifyInstance } from 'fastify';
import { Gate } from './gate.js';

const GUARDED = '/im/executions';
const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Puts the gate before the routes that it guards, and measures every call of them, refused ones too. */
@Injectable()
export class Entrance {
  constructor(gate: Gate, { httpAdapter }: HttpAdapterHost, metrics: Metrics) {
    const duration = metrics.histogram('ingest_call_seconds', 'How long calls took until their answer', ['method', 'route', 'status'], SECONDS);
    const server = httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.url?.startsWith(GUARDED)) await gate.enter(request, reply);
    });
    server.addHook('onResponse', ({ method, routeOptions: { url: route } }, reply, done) => {
      if (route?.startsWith(GUARDED)) duration.observe({ method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
      done();
    });
  }
}
