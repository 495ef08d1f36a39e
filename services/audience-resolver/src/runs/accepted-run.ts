import type { ExecutionAccepted, ExecutionResolved } from '@postrider/contracts';

/** An accepted execution whose recipients are an audience's members: what is stored, and what every message carries. */
export type AcceptedRun = Omit<ExecutionAccepted, 'recipients'> & { audience: NonNullable<ExecutionAccepted['audience']> };

/** Undefined for an execution that brings its recipients along. */
export function runOf({ recipients: _recipients, audience, ...fields }: ExecutionAccepted): AcceptedRun | undefined {
  return audience && { ...fields, audience };
}

/** How many recipients a run has; with `unresolved`, that so many of them never became one. */
export function executionResolvedOf(run: AcceptedRun, targeted: number, unresolved?: number): ExecutionResolved {
  return {
    tenantId: run.tenantId,
    lane: run.lane,
    executionId: run.executionId,
    requestId: run.requestId,
    campaignId: run.campaignId,
    campaignVersionId: run.campaignVersionId,
    acceptedAt: run.acceptedAt,
    targeted,
    ...(unresolved !== undefined && { unresolved }),
  };
}
