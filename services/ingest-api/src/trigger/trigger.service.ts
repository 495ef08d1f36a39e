/**
 * Calls that come over the log in place of HTTP.
 * Guarantee: each is decided on as over HTTP, and is accepted when its record is committed, or rejected with the same code.
 * Records with one requestId are taken in their order, others together, so that they share statements and requests to the
 * broker. Taking a record again does nothing more.
 * Limits: the broker's access control says who may write; a rate limit there is none, the log is the queue.
 * Failure modes: while Postgres or Kafka is away, all records of the batch wait, and those that were taken are repeated.
 */
import { Inject, Injectable } from '@nestjs/common';
import { ExecutionRequested, tenantIdOf, type ExecutionRejected } from '@postrider/contracts';
import { ConfigurationTable, type Received } from '@postrider/kafka';
import { AppError, CLOCK, type Clock } from '@postrider/runtime';
import { AudienceCallService } from '../audiences/audience-call.service.js';
import { CallRefused } from '../calls/calls.errors.js';
import { CallService } from '../calls/call.service.js';
import type { Caller } from '../calls/caller.js';

interface Requested {
  request: ExecutionRequested;
  received: Received;
}

const CREATED_BY = `topic:${ExecutionRequested.topic}`;

@Injectable()
export class TriggerService {
  constructor(
    private readonly calls: CallService,
    private readonly audienceCalls: AudienceCallService,
    private readonly configurations: ConfigurationTable,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers those that were refused. @throws DependencyUnavailable when all must be taken again */
  async take(requests: readonly ExecutionRequested[], received: readonly Received[]): Promise<ExecutionRejected[]> {
    const queues = new Map<string, Requested[]>();
    for (const [i, request] of requests.entries()) {
      const one = { request, received: received[i] as Received };
      const queue = queues.get(ExecutionRequested.id(request));
      if (queue) queue.push(one);
      else queues.set(ExecutionRequested.id(request), [one]);
    }
    // All are waited for, so that none is still under way when the batch comes again.
    const outcomes = await Promise.allSettled([...queues.values()].map((queue) => this.takeInOrder(queue)));
    return outcomes.flatMap((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }

  private async takeInOrder(queue: readonly Requested[]): Promise<ExecutionRejected[]> {
    const rejected: ExecutionRejected[] = [];
    for (const one of queue) {
      try {
        await this.takeOne(one.request);
      } catch (error) {
        if (!(error instanceof AppError) || error.kind === 'transient' || error.kind === 'bug') throw error;
        rejected.push(rejectionOf(one, error, this.clock.now()));
      }
    }
    return rejected;
  }

  private async takeOne(request: ExecutionRequested): Promise<void> {
    const caller = this.callerOf(request);
    const { kind, body } = request;
    if (kind !== 'audience') await this.calls.take(caller, body, kind === 'highthroughput' ? 'high' : 'standard');
    else await this.audienceCalls.take(caller, withRequestId(body));
  }

  private callerOf({ imsOrg, sandbox }: ExecutionRequested): Caller {
    const tenantId = tenantIdOf({ orgId: imsOrg, sandbox });
    const settings = this.configurations.get('sandbox', tenantId);
    if (settings?.orgId !== imsOrg) throw new CallRefused('FORBIDDEN_SANDBOX', 'There is no such sandbox in this organization.');
    return { tenantId, keyId: CREATED_BY };
  }
}

/** Over HTTP an audience call may do without; here a record that is read again would be another execution. */
function withRequestId(body: ExecutionRequested['body']): ExecutionRequested['body'] {
  if (body['requestId'] !== undefined) return body;
  throw new CallRefused('INVALID_BODY', 'The body has faults.', { faults: [{ path: '/requestId', code: 'INVALID_BODY', message: 'is required on the topic' }] });
}

function rejectionOf({ request, received }: Requested, error: AppError, at: Date): ExecutionRejected {
  const { imsOrg, sandbox, kind, body } = request;
  const { topic, partition, offset } = received;
  return {
    imsOrg, sandbox, kind,
    requestId: textOf(body['requestId']),
    campaignId: textOf(body['campaignId']),
    status: error.status,
    code: error.code,
    detail: error.detail,
    errors: [...(error.faults ?? [])],
    source: { topic, partition, offset },
    rejectedAt: at.toISOString(),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
