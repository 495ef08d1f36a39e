import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { aCrowd, aSegment, rulesFor, type Crowd } from './harness/audiences.js';
import { callOf, finished, type ExecutionStatus } from './harness/executions.js';
import { ingest, type Answer, type Problem } from './harness/http.js';
import { aMarketingCampaign, finishedRun, mailAccount } from './harness/runs.js';
import { secondProcessOf, type SecondProcess } from './harness/second-process.js';
import { aCampaign, anAddress } from './harness/setup.js';
import { crash, freeze } from './harness/stack.js';

interface Scheduled {
  scheduleId: string;
  requestId: string;
  executeAt: string;
}

interface Schedule extends Scheduled {
  scheduleStatus: 'Scheduled' | 'Triggered' | 'Missed' | 'Refused';
  executionDetails: { executionId?: string; code?: string };
}

const AUDIENCE = '/im/executions/audience';
const SCHEDULES = '/im/executions/schedules';
const MEMBERS = 30;
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();

/** Asked again while the ingest API has not heard of the campaign. */
const scheduled = (path: string, body: Record<string, unknown>): Promise<Scheduled> =>
  eventually(async () => {
    const answer = await ingest.post<Scheduled>(path, body);
    if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  });

const readSchedule = (scheduleId: string, base?: string): Promise<Answer<Schedule>> => ingest.get<Schedule>(`${SCHEDULES}/${scheduleId}`, base);

/** The execution that a schedule became. */
const triggered = (scheduleId: string): Promise<string> =>
  eventually(async () => {
    const { body } = await readSchedule(scheduleId);
    if (body.scheduleStatus !== 'Triggered') throw new Error(`the schedule is ${JSON.stringify(body)}`);
    return body.executionDetails.executionId ?? '';
  }, { timeoutMs: 40_000 });

describe('schedules', () => {
  let sink: SmtpSink;
  let crowd: Crowd;
  let campaignId: string;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    crowd = await aCrowd(MEMBERS);
    campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId: await aSegment(rulesFor(crowd)) });
  });

  afterAll(() => sink.stop());

  it('are read, listed and deleted; a deleted one never fires', async () => {
    const { scheduleId } = await scheduled(AUDIENCE, { campaignId, schedule: { executeAt: inSeconds(3) } });

    const read = await readSchedule(scheduleId);
    const listed = await ingest.get<{ items: Schedule[] }>(`${SCHEDULES}?campaignId=${campaignId}`);
    const deleted = await ingest.delete<Record<string, never>>(`${SCHEDULES}/${scheduleId}`);
    const gone = await ingest.get<Problem>(`${SCHEDULES}/${scheduleId}`);
    const later = await scheduled(AUDIENCE, { campaignId, requestId: 'after-the-deleted', schedule: { executeAt: inSeconds(4) } });
    await finishedRun(await triggered(later.scheduleId));

    expect(scheduleId).toMatch(/^SCH-/);
    expect(read.body).toMatchObject({ scheduleId, campaignId, scheduleStatus: 'Scheduled', executionDetails: {} });
    expect(listed.body.items.map((item) => item.scheduleId)).toContain(scheduleId);
    expect([deleted.status, deleted.body]).toEqual([200, {}]);
    expect([gone.status, gone.body.code]).toEqual([404, 'SCHEDULE_NOT_FOUND']);
    expect(mailAccount(sink, crowd.addresses)).toEqual({ missing: [], doubled: [], strangers: [] });
  });

  it('fire once across a restart of the process that took them', async () => {
    const quiet = await SmtpSink.start();
    const campaign = await aMarketingCampaign({ smtpPort: quiet.port, audienceId: await aSegment(rulesFor(crowd)) });
    const { scheduleId } = await scheduled(AUDIENCE, { campaignId: campaign, requestId: 'over-a-restart', schedule: { executeAt: inSeconds(3) } });

    await crash('ingest-api');
    const executionId = await eventually(() => triggered(scheduleId), { timeoutMs: 40_000 });
    const run = await finishedRun(executionId);
    const deletion = await ingest.delete<Problem>(`${SCHEDULES}/${scheduleId}`);

    expect(run.totals).toMatchObject({ targeted: MEMBERS, sent: MEMBERS, pending: 0 });
    expect(mailAccount(quiet, crowd.addresses)).toEqual({ missing: [], doubled: [], strangers: [] });
    expect([deletion.status, deletion.body.code]).toEqual([409, 'SCHEDULE_TRIGGERED']);
    await quiet.stop();
  }, 120_000);

  describe('that come due while nothing runs', () => {
    let unfreeze = (): void => undefined;
    let second: SecondProcess | undefined;

    afterEach(async () => {
      unfreeze();
      await second?.stop();
    });

    /** A unitary call that came due two seconds ago; the process that took it stands still since before. */
    async function comeDue(requestId: string): Promise<{ scheduleId: string; address: string; executeAt: string }> {
      const transactional = await aCampaign({ smtpPort: sink.port });
      const [address, executeAt] = [anAddress(requestId), inSeconds(3)];
      const { scheduleId } = await scheduled('/im/executions/unitary', { ...callOf(transactional, requestId, [address]), executeAt });
      unfreeze = freeze('ingest-api');
      await wait(Date.parse(executeAt) + 2_000 - Date.now());
      return { scheduleId, address, executeAt };
    }

    it('fire on return, once', async () => {
      const { scheduleId, address, executeAt } = await comeDue('late');

      unfreeze();
      const { totals } = await finished(await triggered(scheduleId));

      expect(totals).toMatchObject({ targeted: 1, sent: 1 });
      expect(sink.mailsTo(address).map(({ receivedAt }) => receivedAt.getTime() - Date.parse(executeAt) > 2_000)).toEqual([true]);
    }, 60_000);

    it('are missed, and say so, where the settings want no late ones', async () => {
      const { scheduleId, address } = await comeDue('too-late');

      second = await secondProcessOf('ingest-api', { SCHEDULE_LATE: 'expire', SCHEDULE_LATE_AFTER_MS: '1000' });
      const { url } = second;
      const missed = await eventually(async () => {
        const { body } = await readSchedule(scheduleId, url);
        expect(body.scheduleStatus).not.toBe('Scheduled');
        return body;
      });
      unfreeze();

      expect(missed).toMatchObject({ scheduleStatus: 'Missed', executionDetails: { code: 'MISSED' } });
      expect((await ingest.get<Problem>(`${SCHEDULES}/${scheduleId}`)).body).toMatchObject({ scheduleStatus: 'Missed' });
      expect(sink.mailsTo(address)).toEqual([]);
    }, 90_000);
  });

  it('are checked when the call is made', async () => {
    const { status, body } = await ingest.post<Problem>(AUDIENCE, { campaignId: '00000000-0000-4000-8000-000000000000', schedule: { executeAt: inSeconds(60) } });

    expect([status, body.code]).toEqual([404, 'CAMPAIGN_NOT_FOUND']);
  });

  it('take unitary calls too, which may be cancelled or become a mail at their time', async () => {
    const transactional = await aCampaign({ smtpPort: sink.port });
    const [wanted, unwanted] = [anAddress('wanted'), anAddress('unwanted')];
    const executeAt = inSeconds(3);

    const cancelled = await scheduled('/im/executions/unitary', { ...callOf(transactional, 'unwanted', [unwanted]), executeAt });
    const kept = await scheduled('/im/executions/unitary', { ...callOf(transactional, 'wanted', [wanted]), executeAt });
    await ingest.delete(`${SCHEDULES}/${cancelled.scheduleId}`);
    const early = sink.mailsTo(wanted).length;
    const { totals } = await finished(await triggered(kept.scheduleId));
    const execution = await ingest.get<ExecutionStatus>(`/im/executions?requestId=unwanted&campaignId=${transactional}`);

    expect(early).toBe(0);
    expect(totals).toMatchObject({ targeted: 1, sent: 1 });
    expect(sink.mailsTo(wanted)[0]?.receivedAt.getTime()).toBeGreaterThanOrEqual(Date.parse(executeAt));
    expect(execution.status).toBe(404);
    expect(sink.mailsTo(unwanted)).toEqual([]);
  });
});
