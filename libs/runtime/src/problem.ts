import { AppError, type InputFault } from './app-error.js';

/** `application/problem+json` (RFC 9457), with the `report` that clients of Adobe's API read. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId?: string;
  errors?: readonly InputFault[];
  report: { additionalContext: Record<string, string> };
}

const TYPE_PREFIX = 'urn:postrider:problem:';

const titleOf = (code: string): string => {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** What a caller may see of an error: of an unexpected one, nothing but that it happened. */
export function problemOf(error: unknown, requestId?: string): ProblemBody {
  if (!(error instanceof AppError)) {
    return {
      type: `${TYPE_PREFIX}INTERNAL`,
      title: 'Internal error',
      status: 500,
      code: 'INTERNAL',
      detail: 'Something went wrong on our side. It was logged.',
      ...(requestId && { requestId }),
      report: { additionalContext: {} },
    };
  }
  return {
    type: `${TYPE_PREFIX}${error.code}`,
    title: titleOf(error.code),
    status: error.status,
    code: error.code,
    detail: error.detail,
    ...(requestId && { requestId }),
    ...(error.faults && { errors: error.faults }),
    report: { additionalContext: { ...error.context } },
  };
}
