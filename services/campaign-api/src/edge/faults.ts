import type { z } from 'zod';
import type { InputFault } from '@postrider/runtime';

/** A JSON Pointer (RFC 6901). */
export const pointerOf = (path: readonly PropertyKey[]): string => path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** What zod found, one fault for each field that is missing, unknown or wrong. */
export function faultsOf(error: z.ZodError, input: unknown): InputFault[] {
  return faultsOfIssues(error.issues, input);
}

function faultsOfIssues(issues: readonly z.core.$ZodIssue[], input: unknown): InputFault[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: pointerOf([...issue.path, key]), code: 'UNKNOWN_FIELD', message: 'There is no such field here.' }));
    if (issue.code === 'invalid_key') return [{ path: pointerOf(issue.path), code: 'INVALID', message: issue.issues[0]?.message ?? issue.message }];
    if (issue.code === 'invalid_type' && valueAt(input, issue.path) === undefined) return [{ path: pointerOf(issue.path), code: 'REQUIRED', message: 'This field is required.' }];
    const closest = issue.code === 'invalid_union' ? closestOf(issue.errors) : undefined;
    if (closest) return faultsOfIssues(closest.map((below) => ({ ...below, path: [...issue.path, ...below.path] })), input);
    return [{ path: pointerOf(issue.path), code: 'INVALID', message: issue.message }];
  });
}

/** Of the forms that a value may have, the one that it fits best, if it is clear which and the faults are inside of it. */
function closestOf(forms: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const inside = forms.filter((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0));
  const [best, second] = [...inside].sort((a, b) => a.length - b.length);
  return best && best.length !== second?.length ? best : undefined;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined), input);
}
