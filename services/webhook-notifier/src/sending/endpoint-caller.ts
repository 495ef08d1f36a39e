import { Inject, Injectable } from '@nestjs/common';
import type { WebhookEndpoint } from '@postrider/contracts';
import { CLOCK, Logger, type Clock } from '@postrider/runtime';
import { EndpointDirectory, type CallableEndpoint } from '../endpoints/endpoint-directory.js';
import { signatureOf } from '../endpoints/signature.js';
import type { Attempt } from '../queue/delivery.js';
import { isSuccess, type Answer } from './judge-answer.js';
import { WebhookClient } from './webhook.client.js';

/** What an endpoint is told. */
export interface SignedBody {
  /** The `webhook-id`. */
  id: string;
  body: string;
  /** By default 15 s. */
  timeoutMs?: number;
}

/** A call that was made: what came back, and what it cost. */
export interface MadeCall {
  answer: Answer;
  startedAt: Date;
  durationMillis: number;
}

const KEPT_ANSWER_CHARACTERS = 1_000;
const USER_AGENT = 'Postrider-Webhooks/1.0';

/** Signs a body as an endpoint wants it, and calls the endpoint. */
@Injectable()
export class EndpointCaller {
  constructor(
    private readonly directory: EndpointDirectory,
    private readonly client: WebhookClient,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Never rejects. */
  async call(endpoint: WebhookEndpoint, { id, body, timeoutMs }: SignedBody): Promise<MadeCall> {
    const startedAt = this.clock.now();
    const began = this.clock.monotonicMs();
    const callable = this.open(endpoint);
    const answer: Answer = callable
      ? await this.client.call({ url: endpoint.url, headers: headersOf(callable, id, startedAt, body), body, timeoutMs })
      : { kind: 'failed', error: 'SECRETS_UNREADABLE' };
    return { answer, startedAt, durationMillis: Math.round(this.clock.monotonicMs() - began) };
  }

  /** A sealing key that is missing comes with the next deployment: until then the calls fail, and are made again. */
  private open(endpoint: WebhookEndpoint): CallableEndpoint | undefined {
    try {
      return this.directory.open(endpoint);
    } catch (error) {
      this.logger.error('endpoint.secrets-unreadable', { endpointId: endpoint.id, error });
      return undefined;
    }
  }
}

function headersOf({ keys, headers }: CallableEndpoint, id: string, now: Date, body: string): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1_000);
  return {
    'user-agent': USER_AGENT,
    ...headers,
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf(keys, id, timestamp, body),
  };
}

/** What is kept of a call. */
export function describeCall({ answer, startedAt, durationMillis }: MadeCall): Omit<Attempt, 'webhookId' | 'endpointId' | 'messageId' | 'sequence' | 'number'> {
  const common = { startedAt, durationMillis };
  if (answer.kind !== 'answered') return { ...common, outcome: answer.kind, statusCode: null, error: answer.error, answer: null };
  const succeeded = isSuccess(answer.status);
  return { ...common, outcome: succeeded ? 'succeeded' : 'refused', statusCode: answer.status, error: null, answer: succeeded ? null : excerptOf(answer.body) };
}

/** Postgres stores no NUL, and a cut may leave half a character. */
const excerptOf = (body: string): string => body.slice(0, KEPT_ANSWER_CHARACTERS).replaceAll('\0', '\uFFFD').toWellFormed();
