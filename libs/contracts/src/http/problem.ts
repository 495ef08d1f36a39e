import { z } from 'zod';

/** One fault of a body; `path` is a JSON Pointer (RFC 6901). */
export const Fault = z.object({
  path: z.string(),
  code: z.string(),
  message: z.string(),
  index: z.int().optional(),
  userId: z.string().optional(),
});
export type Fault = z.infer<typeof Fault>;

/** `application/problem+json` (RFC 9457) with the `report` that Adobe's clients read. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string().optional(),
  errors: z.array(Fault).optional(),
  report: z.object({ additionalContext: z.record(z.string(), z.string()) }),
});
export type Problem = z.infer<typeof Problem>;
