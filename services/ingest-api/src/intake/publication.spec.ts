import { describe, expect, it } from '@jest/globals';
import { ExecutionAccepted, ExecutionResolved, RecipientReady, type MessageContract } from '@postrider/contracts';
import type { MessagePublisher } from '@postrider/kafka';
import { aCallRecipient, aCampaign, TENANT } from '../../test/builders.js';
import { Publications, type Publication } from './publication.js';
import type { PublishedMarks } from './published-marks.js';

const { version } = aCampaign();

function aPublication(overrides: Partial<Publication> = {}): Publication {
  const recipient = aCallRecipient({ userId: ' Ada@Shop.test ' });
  return {
    tenantId: TENANT, executionId: 'UMA-1', requestId: 'r', campaignId: version.campaignId, version, throughput: 'standard',
    acceptedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-02T00:00:00.000Z',
    recipients: [{ messageId: 'm-1', recipientKey: 'k-1', identity: 'ada@shop.test', recipient }], ...overrides,
  };
}

/** A log that takes what its turn says, and the marks. */
function setUp(take: () => Promise<void> = async () => undefined) {
  const log: { contract: MessageContract; payloads: readonly unknown[] }[] = [];
  const marked = new Set<string>();
  const publisher = {
    publish: async (contract: MessageContract, payloads: readonly unknown[]) => {
      log.push({ contract, payloads });
      await take();
    },
  };
  const marks = { add: (id: string) => marked.add(id), isMarked: (id: string) => marked.has(id) };
  return { publications: new Publications(publisher as unknown as MessagePublisher, marks as unknown as PublishedMarks), log, marked };
}

describe(Publications.name, () => {
  it('puts a standard execution on the log as its contract says, and marks it', async () => {
    const { publications, log, marked } = setUp();

    await publications.publish(aPublication());

    expect(log.map(({ contract }) => contract)).toEqual([ExecutionAccepted]);
    expect(ExecutionAccepted.payload.parse(log[0]?.payloads[0])).toMatchObject({ recipients: [{ messageId: 'm-1', userId: ' Ada@Shop.test ', identity: 'ada@shop.test' }] });
    expect(marked).toEqual(new Set(['UMA-1']));
  });

  it('puts one of high throughput there as ready recipients, with the address that the call brings, and their number', async () => {
    const { publications, log } = setUp();

    await publications.publish(aPublication({ throughput: 'high' }));

    const payloadsOf = (contract: MessageContract): unknown[] => log.filter((one) => one.contract === contract).flatMap(({ payloads }) => payloads);
    expect(payloadsOf(RecipientReady).map((one) => RecipientReady.payload.parse(one))).toMatchObject([{ messageId: 'm-1', address: 'ada@shop.test' }]);
    expect(payloadsOf(ExecutionResolved).map((one) => ExecutionResolved.payload.parse(one))).toMatchObject([{ targeted: 1 }]);
  });

  it('is shared by calls that repeat each other at the same time, and needed no more after it', async () => {
    const { publications, log } = setUp();

    await Promise.all([publications.publish(aPublication()), publications.publish(aPublication())]);
    await publications.publish(aPublication());

    expect(log).toHaveLength(1);
  });

  it('fails for all who shared it, marks nothing, and can be tried again', async () => {
    let failures = 1;
    const { publications, log, marked } = setUp(async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('spec');
    });

    const outcomes = await Promise.allSettled([publications.publish(aPublication()), publications.publish(aPublication())]);
    const isMarked = marked.has('UMA-1');
    await publications.publish(aPublication());

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(isMarked).toBe(false);
    expect([log.length, marked.has('UMA-1')]).toEqual([2, true]);
  });

  it('marks an execution of high throughput only when both of its parts are there', async () => {
    const { publications, marked } = setUp(() => Promise.reject(new Error('spec')));

    await publications.publish(aPublication({ throughput: 'high' })).catch(() => undefined);

    expect(marked.size).toBe(0);
  });
});
