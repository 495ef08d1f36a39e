/**
 * One HTTP call of an endpoint.
 * Guarantee: it ends within 15 s, of which 5 s may pass until the connection stands; redirects are not followed; at most
 * 16 KiB of the answer are read; only permitted addresses are reached.
 * Limits: connections are kept per origin and grow with the calls made at once; who calls bounds those.
 */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher } from 'undici';
import type { Answer } from './judge-answer.js';
import { AddressForbidden, vettedConnector, type Resolve } from './vetted-connector.js';

export interface WebhookCall {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** In all; by default 15 s. */
  timeoutMs?: number;
}

export interface CallPolicy {
  allowPrivateAddresses: boolean;
  allowHttp: boolean;
}

const TOTAL_TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 16_384;
const DISABLE_HEADER = 'webhook-delivery';

type Settle = (answer: Answer) => void;

@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(
    private readonly policy: CallPolicy,
    resolve?: Resolve,
  ) {
    this.agent = new Agent({ connect: vettedConnector(policy.allowPrivateAddresses, resolve), allowH2: false, connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Never rejects: a call without an answer is an answer too. */
  call({ url, headers, body, timeoutMs = TOTAL_TIMEOUT_MS }: WebhookCall): Promise<Answer> {
    const target = URL.parse(url);
    if (!target || !this.isCallable(target)) return Promise.resolve({ kind: 'blocked', error: 'URL_NOT_ALLOWED' });
    return new Promise((settle) => {
      const exchange = new Exchange(settle, timeoutMs);
      try {
        this.agent.dispatch({ origin: target.origin, path: target.pathname + target.search, method: 'POST', headers, body }, exchange);
      } catch (error) {
        exchange.onResponseError(undefined, error as Error);
      }
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private isCallable({ protocol }: URL): boolean {
    return protocol === 'https:' || (protocol === 'http:' && this.policy.allowHttp);
  }
}

class CallTimedOut extends Error {
  readonly code = 'TIMEOUT';
}
class AnswerRead extends Error {}

/** Settles once, with the answer or with why there is none. */
class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private head: Omit<Extract<Answer, { kind: 'answered' }>, 'body'> | undefined;
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private settled = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly settle: Settle,
    timeoutMs: number,
  ) {
    this.timer = setTimeout(() => this.timeOut(), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.settled) controller.abort(new CallTimedOut());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200) return;
    const one = (name: string): string | undefined => [headers[name]].flat()[0];
    this.head = { kind: 'answered', status, retryAfter: one('retry-after'), disables: one(DISABLE_HEADER)?.trim().toLowerCase() === 'disable' };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes >= MAX_ANSWER_BYTES) controller.abort(new AnswerRead());
  }

  onResponseEnd(): void {
    this.finish(this.answered());
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    // The status decides; how the rest of the answer ended does not.
    if (this.head) return this.finish(this.answered());
    if (error instanceof AddressForbidden) return this.finish({ kind: 'blocked', error: 'ADDRESS_NOT_PUBLIC' });
    this.finish({ kind: 'failed', error: reasonOf(error) });
  }

  private timeOut(): void {
    const late = new CallTimedOut();
    if (this.controller) this.controller.abort(late);
    this.onResponseError(undefined, late);
  }

  private answered(): Answer {
    if (!this.head) return { kind: 'failed', error: 'NO_ANSWER' };
    return { ...this.head, body: Buffer.concat(this.chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8') };
  }

  private finish(answer: Answer): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.settle(answer);
  }
}

/** A code where there is one: messages may hold what the other side chose. */
function reasonOf(error: Error): string {
  const { code, cause } = error as Error & { code?: unknown };
  if (typeof code === 'string') return code;
  return cause instanceof Error ? reasonOf(cause) : error.name;
}
