import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What `npm run up` leaves in `.local/stack.json`. */
const Stack = z.object({
  ingestUrl: z.string(),
  adminUrl: z.string(),
  kafkaBrokers: z.array(z.string()).min(1),
  postgresUrl: z.string(),
  redisUrl: z.string(),
  orgId: z.string(),
  sandbox: z.string(),
  apiKey: z.string(),
  token: z.string(),
  processes: z.array(z.object({ name: z.string(), pid: z.number() })),
});
export type Stack = z.infer<typeof Stack>;

export function readStack(file: string): Stack {
  try {
    return Stack.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(`No running stack is described in ${file}. Start one with: npm run up`, { cause });
  }
}

export function headersOf(stack: Stack): Record<string, string> {
  return {
    authorization: `Bearer ${stack.token}`,
    'x-api-key': stack.apiKey,
    'x-gw-ims-org-id': stack.orgId,
    'x-sandbox-name': stack.sandbox,
    'content-type': 'application/json',
  };
}
