import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { aCrowd, aSegment, anAudience, evaluated, rulesFor } from './harness/audiences.js';
import { administration, admin, ingest, type Problem } from './harness/http.js';
import { shieldWith, type Shield } from './harness/organization.js';
import { aMarketingCampaign, callAudience, finishedRun, mailAccount } from './harness/runs.js';

const MEMBERS = 40;

describe('a composition', () => {
  let sink: SmtpSink;
  let addresses: string[];
  let segmentId: string;
  let compositionId: string;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    const crowd = await aCrowd(MEMBERS, (place) => ({ vip: place < 10 }));
    const vips = await aSegment(rulesFor(crowd, { field: 'attributes.vip', operator: '=', value: true }));
    segmentId = await aSegment(rulesFor(crowd));
    addresses = crowd.addresses.slice(10);
    compositionId = await anAudience({
      source: 'composition',
      published: true,
      composition: {
        op: 'enrich', set: { discount: '20 %' },
        of: { op: 'exclude', from: { op: 'audience', audienceId: segmentId }, remove: [{ op: 'audience', audienceId: vips }] },
      },
    });
    await evaluated(compositionId);
  });

  afterAll(async () => {
    await shieldWith([]);
    await sink.stop();
  });

  it('reaches those it leaves, with the attributes it adds', async () => {
    const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId: compositionId, subject: 'Take {{profile.discount}}' });

    const run = await finishedRun(await callAudience({ campaignId }));

    expect(run.totals).toMatchObject({ targeted: MEMBERS - 10, sent: MEMBERS - 10 });
    expect(mailAccount(sink, addresses)).toEqual({ missing: [], doubled: [], strangers: [] });
    expect((await sink.mails()[0]?.parse())?.subject).toBe('Take 20 %');
  });

  it.each<[Shield, string]>([['healthcare', 'HEALTHCARE_SHIELD'], ['privacy-and-security', 'PRIVACY_SECURITY_SHIELD']])(
    'is not offered under the shield %s, and refused at activation and at the call',
    async (shield, code) => {
      await shieldWith([]);
      const before = sink.mails().length;
      const live = await aMarketingCampaign({ smtpPort: sink.port, audienceId: compositionId });
      const bySegment = await aMarketingCampaign({ smtpPort: sink.port, audienceId: segmentId });
      const draft = await aMarketingCampaign({ smtpPort: sink.port, audienceId: compositionId, activate: false });

      await shieldWith([shield]);
      const offered = await admin<{ items: { id: string }[] }>('GET', '/audiences?usable=true&limit=100');
      const activation = await administration<Problem>('POST', `/campaigns/${draft}/activate`);

      expect(offered.items.map(({ id }) => id)).toContain(segmentId);
      expect(offered.items.map(({ id }) => id)).not.toContain(compositionId);
      expect([activation.status, activation.body.errors?.map((fault) => fault.code)]).toEqual([422, [code]]);
      await eventually(async () => {
        for (const call of [{ campaignId: live }, { campaignId: bySegment, audience: { id: compositionId } }]) {
          const { status, body } = await ingest.post<Problem>('/im/executions/audience?dryRun=true', call);
          expect([status, body.code]).toEqual([422, code]);
        }
      });
      const real = await ingest.post<Problem>('/im/executions/audience', { campaignId: live });
      expect([real.status, real.body.code]).toEqual([422, code]);
      expect(sink.mails().length).toBe(before);
    },
  );
});
