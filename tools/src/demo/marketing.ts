/** The marketing demo: an audience, a rate, and a run that is shown while it goes on. */
import { setTimeout as wait } from 'node:timers/promises';
import { waitUntil } from '@postrider/local-stack';
import type { StackFile } from '../stack/stack-file.js';
import { Api } from './api.js';
import { LiveLine } from './live-line.js';
import { mailsByAddress } from './marketing-mails.js';
import { aMarketingCampaign, anAudience, estimate, storePeople } from './marketing-scenario.js';
import { PEOPLE, RULES_IN_WORDS } from './people.js';
import { progressOf, sumOf, type AudienceRun } from './run-progress.js';
import { showTotals, title } from './show.js';

/** About four thousand mails: the run takes some fifteen seconds. */
const RATE = 250;
const LOOK_EVERY_MS = 200;
const RUN_DEADLINE_MS = 120_000;
const DEADLINE_MS = 30_000;
const HOUR_MS = 3_600_000;
const SAMPLE = 3;

const count = (value: number): string => value.toLocaleString('en');

/** @throws when the totals do not add up, or the mails received are not those that were reported as sent */
export async function runMarketingDemo(stack: StackFile): Promise<void> {
  const api = new Api(stack);
  const size = await prepare(api);
  const audienceId = await anAudience(api);
  await api.admin('POST', `/audiences/${audienceId}/evaluate`);
  const campaignId = await aMarketingCampaign(api, stack, audienceId, RATE);
  console.log(`✓ a live campaign for it, at ${RATE} mails a second`);
  await evaluated(api, audienceId);
  const call = { campaignId, context: { offer: '20 % off', until: 'Sunday' } };
  await showDryRun(api, call);
  await showSchedule(api, call);
  await showRun(api, stack, call, size);
}

/** People in, and the audience counted before it is saved. @returns how many it has */
async function prepare(api: Api): Promise<number> {
  title('An audience by rules');
  const startedAt = performance.now();
  const { received, created, updated, failed } = await storePeople(api);
  if (received !== PEOPLE || failed > 0) throw new Error(`Of ${PEOPLE} profiles ${received} were received, and ${failed} failed.`);
  console.log(`✓ ${count(received)} profiles in ${seconds(startedAt)}: ${count(created)} created, ${count(updated)} updated`);
  const { count: size, sample, tookMs } = await estimate(api, SAMPLE);
  console.log(`✓ ${RULES_IN_WORDS}: ${count(size)} people, counted in ${tookMs} ms; among them`);
  for (const { identities, attributes } of sample) {
    const { firstName, country, plan, visits } = attributes;
    console.log(`    ${String(identities[0]?.value).padEnd(26)} ${String(firstName).padEnd(9)} ${String(country)}  ${String(plan)}, ${String(visits)} visits`);
  }
  return size;
}

async function evaluated(api: Api, audienceId: string): Promise<void> {
  await waitUntil('The evaluation', async () => {
    const { evaluation } = await api.admin<{ evaluation: { size: number } | null }>('GET', `/audiences/${audienceId}`);
    if (!evaluation) throw new Error('it runs');
    console.log(`✓ evaluated: ${count(evaluation.size)} members`);
  }, DEADLINE_MS);
}

interface DryRun {
  targetedProfileCount: number;
  excluded: Record<string, number>;
  recipients: { userId: string; sample?: { subject: string } }[];
}

async function showDryRun(api: Api, call: Record<string, unknown>): Promise<void> {
  title('A dry run: nothing is sent');
  // A campaign that was activated a moment ago may be news to the ingest API for some milliseconds.
  await waitUntil('The dry run', async () => {
    const { targetedProfileCount, excluded, recipients } = await api.execution<DryRun>('POST', '/executions/audience?dryRun=true', call);
    console.log(`${count(targetedProfileCount)} targeted, excluded ${JSON.stringify(excluded)}`);
    for (const { userId, sample } of recipients.slice(0, SAMPLE)) console.log(`    ${userId.padEnd(26)} ${sample?.subject}`);
  }, DEADLINE_MS);
}

async function showSchedule(api: Api, call: Record<string, unknown>): Promise<void> {
  title('A schedule');
  const executeAt = new Date(Date.now() + HOUR_MS).toISOString();
  const { scheduleId } = await api.execution<{ scheduleId: string }>('POST', '/executions/audience', { ...call, schedule: { executeAt } });
  const read = await api.execution<{ scheduleStatus: string; executeAt: string }>('GET', `/executions/schedules/${scheduleId}`);
  console.log(`${scheduleId}  ${read.scheduleStatus} for ${read.executeAt}`);
  await api.execution('DELETE', `/executions/schedules/${scheduleId}`);
  console.log('deleted: it will not fire');
}

async function showRun(api: Api, stack: StackFile, call: Record<string, unknown>, size: number): Promise<void> {
  title('The run');
  const calledAt = new Date();
  const { executionId } = await api.execution<{ executionId: string }>('POST', '/executions/audience', call);
  console.log(`202: ${executionId}`);
  const run = await follow(api, executionId);
  const times = await mailsByAddress(stack.smtp.mailFolder, calledAt, (address) => address.endsWith('@people.test'));
  const mails = [...times.values()].reduce((sum, each) => sum + each, 0);
  showTotals(run.totals);
  console.log(`${count(mails)} mails received by ${count(times.size)} people`);
  const faults = faultsOf(run, { size, mails, people: times.size });
  if (faults.length > 0) throw new Error(`✗ ${faults.join('\n✗ ')}`);
  console.log('✓ every number adds up, and nobody got two');
}

/** Shows the run while it goes on; answers how it ended. */
async function follow(api: Api, executionId: string): Promise<AudienceRun> {
  const line = new LiveLine();
  const startedAt = performance.now();
  const progress = progressOf();
  for (;;) {
    const run = await api.execution<AudienceRun>('GET', `/executions/audience/${executionId}`);
    line.show(progress(run, performance.now() - startedAt));
    if (run.status !== 'InProgress') {
      line.end();
      return run;
    }
    if (performance.now() - startedAt > RUN_DEADLINE_MS) throw new Error(`\nThe run did not end within ${RUN_DEADLINE_MS / 1_000} s.`);
    await wait(LOOK_EVERY_MS);
  }
}

function faultsOf({ status, totals }: AudienceRun, found: { size: number; mails: number; people: number }): string[] {
  const checks: [boolean, string][] = [
    [status === 'Succeeded', `the run ended as ${status}`],
    [totals.targeted === found.size, `${totals.targeted} were targeted, and the audience has ${found.size}`],
    [sumOf(totals) === totals.targeted && totals.pending === 0, 'the totals do not add up'],
    [found.mails === totals.sent, `${totals.sent} mails were sent, and ${found.mails} received`],
    [found.people === found.mails, 'somebody got more than one mail'],
  ];
  return checks.filter(([holds]) => !holds).map(([, fault]) => fault);
}

const seconds = (startedAt: number): string => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
