import { describe, expect, it } from '@jest/globals';
import { RecipientReady } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import { SharedContexts } from './shared-contexts.js';

const aRecipient = (executionId: string): RecipientReady => ({ ...RecipientReady.example, executionId, sharedContext: true, context: {} });

/** Contexts in the place of the view, and the executions that were asked for. */
function contextsOver(stored: Record<string, object>): { contexts: SharedContexts; asked: string[]; fail: (error?: Error) => void } {
  const asked: string[] = [];
  let failure: Error | undefined;
  const query = async (_statement: string, [ids]: [string[]]): Promise<object[]> => {
    asked.push(...ids);
    if (failure) throw failure;
    return ids.flatMap((executionId) => (stored[executionId] ? [{ executionId, context: stored[executionId] }] : []));
  };
  return { contexts: new SharedContexts({ query } as unknown as Sql), asked, fail: (error) => (failure = error) };
}

describe(SharedContexts.name, () => {
  it('reads an execution once, however many chunks ask at a time, and again never', async () => {
    const { contexts, asked } = contextsOver({ a: { n: 1 }, b: { n: 2 } });

    const answers = await Promise.all([contexts.contextsOf([aRecipient('a'), aRecipient('b')]), contexts.contextsOf([aRecipient('a')])]);
    const later = await contexts.contextsOf([aRecipient('b')]);

    expect([...answers, later]).toEqual([[{ n: 1 }, { n: 2 }], [{ n: 1 }], [{ n: 2 }]]);
    expect(asked.sort()).toEqual(['a', 'b']);
  });

  it('leaves a recipient its own context where it has one', async () => {
    const { contexts, asked } = contextsOver({});

    expect(await contexts.contextsOf([RecipientReady.example])).toEqual([RecipientReady.example.context]);
    expect(asked).toEqual([]);
  });

  it('asks again for what was not there, and after a failure', async () => {
    const stored: Record<string, object> = {};
    const { contexts, fail } = contextsOver(stored);

    const missing = await contexts.contextsOf([aRecipient('a')]);
    stored['a'] = { n: 1 };
    fail(new Error('gone'));
    const failed = await contexts.contextsOf([aRecipient('a')]).catch((error: unknown) => error);
    fail(undefined);

    expect([missing, failed]).toEqual([[undefined], expect.any(Error)]);
    expect(await contexts.contextsOf([aRecipient('a')])).toEqual([{ n: 1 }]);
  });

  it('forgets the execution that was used the longest ago', async () => {
    const ids = Array.from({ length: 65 }, (_, i) => `e${i}`);
    const { contexts, asked } = contextsOver(Object.fromEntries(ids.map((id) => [id, { id }])));
    for (const id of ids.slice(0, 64)) await contexts.contextsOf([aRecipient(id)]);
    await contexts.contextsOf([aRecipient('e0')]);

    await contexts.contextsOf([aRecipient('e64')]);
    const before = asked.length;
    await contexts.contextsOf([aRecipient('e0')]);
    await contexts.contextsOf([aRecipient('e1')]);

    expect(asked.slice(before)).toEqual(['e1']);
  });
});
