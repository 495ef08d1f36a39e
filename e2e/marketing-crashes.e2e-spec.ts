import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink } from '@postrider/testing';
import { aCrowd, aSegment, rulesFor, type Crowd } from './harness/audiences.js';
import { aMarketingCampaign, callAudience, finishedRun, mailAccount, runOf } from './harness/runs.js';
import { crash } from './harness/stack.js';
import { verified } from './harness/verify.js';

const MEMBERS = 50_000;
const KILLS = 6;
const LONGEST_PAUSE_MS = 1_500;
const TIMEOUT_MS = 240_000;

describe(`kill -9 of audience-resolver at random moments of a run to ${MEMBERS} members`, () => {
  let sink: SmtpSink;
  let crowd: Crowd;
  let audienceId: string;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    crowd = await aCrowd(MEMBERS);
    audienceId = await aSegment(rulesFor(crowd));
  }, TIMEOUT_MS);

  afterAll(() => sink.stop());

  it('reaches each member exactly once, and every number adds up', async () => {
    const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId });
    const executionId = await callAudience({ campaignId });

    const resolvedAtKills: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      await wait(Math.random() * LONGEST_PAUSE_MS);
      resolvedAtKills.push((await runOf(executionId)).run?.resolved ?? 0);
      await crash('audience-resolver');
    }
    const run = await finishedRun(executionId, TIMEOUT_MS);

    // The kills met the run while it was resolved, or this test shows nothing.
    expect(resolvedAtKills.filter((resolved) => resolved < MEMBERS).length).toBeGreaterThan(0);
    expect(run).toMatchObject({
      status: 'Succeeded', targetedProfileCount: MEMBERS, run: { resolved: MEMBERS },
      totals: { targeted: MEMBERS, sent: MEMBERS, unknown: 0, pending: 0 },
    });
    expect(mailAccount(sink, crowd.addresses)).toEqual({ missing: [], doubled: [], strangers: [] });
    expect(await verified()).toContain('every number adds up');
  }, TIMEOUT_MS);
});
