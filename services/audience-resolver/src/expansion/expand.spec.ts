import { describe, expect, it } from '@jest/globals';
import { AudienceRecipientExcluded, ExecutionAccepted, ExecutionResolved, RecipientResolved } from '@postrider/contracts';
import fc from 'fast-check';
import { anExecution, aRecipient } from '../../test/builders.js';
import { expand } from './expand.js';

describe(expand.name, () => {
  it('gives each recipient everything that the call said about it', () => {
    const recipient = aRecipient({ profile: { firstName: 'Ada' }, channelData: { emailAddress: 'ada@other.test' } });
    const execution = anExecution({ recipients: [recipient] });

    const { resolved, excluded, executions } = expand([execution]);

    const { recipients, ...fields } = execution;
    expect(resolved).toEqual([{ ...fields, ...recipients[0] }]);
    expect(excluded).toEqual([]);
    expect(executions).toEqual([expect.objectContaining({ executionId: execution.executionId, targeted: 1 })]);
  });

  it('excludes the second recipient with the same key, under a messageId of its own', () => {
    const first = aRecipient({ userId: 'ada@shop.test' });
    const second = { ...first, userId: 'ADA@shop.test' };

    const { resolved, excluded, executions } = expand([anExecution({ recipients: [first, second] })]);

    expect(resolved.map((one) => one.userId)).toEqual(['ada@shop.test']);
    expect(excluded).toEqual([expect.objectContaining({ userId: 'ADA@shop.test', code: 'DUPLICATE', recipientKey: first.recipientKey })]);
    expect(excluded[0]?.messageId).not.toBe(first.messageId);
    expect(executions[0]?.targeted).toBe(2);
  });

  it('lets the same person be a recipient of two executions', () => {
    const recipient = aRecipient();

    const { resolved, excluded } = expand([anExecution({ recipients: [recipient] }), anExecution({ recipients: [recipient] })]);

    expect(resolved).toHaveLength(2);
    expect(excluded).toEqual([]);
  });

  it('makes messages that their contracts accept, and the same ones again', () => {
    const accepted = ExecutionAccepted.payload.parse(ExecutionAccepted.example);

    const once = expand([accepted]);
    const again = expand([accepted]);

    expect(again).toEqual(once);
    once.resolved.forEach((one) => RecipientResolved.payload.parse(JSON.parse(JSON.stringify(one))));
    once.executions.forEach((one) => ExecutionResolved.payload.parse(one));
  });

  it('loses nobody and counts nobody twice, whatever the keys are', () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(keys, (chosen) => {
        const recipients = chosen.map((key) => aRecipient({ recipientKey: key, messageId: `message-${key}` }));

        const { resolved, excluded, executions } = expand([anExecution({ recipients })]);

        excluded.forEach((one) => AudienceRecipientExcluded.payload.parse(one));
        const ids = [...resolved, ...excluded].map((one) => one.messageId);
        expect(new Set(ids).size).toBe(chosen.length);
        expect(new Set(resolved.map((one) => one.recipientKey))).toEqual(new Set(chosen));
        expect(resolved).toHaveLength(new Set(chosen).size);
        expect(executions[0]?.targeted).toBe(chosen.length);
      }),
    );
  });
});
