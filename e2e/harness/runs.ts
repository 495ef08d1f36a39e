/** Marketing campaigns and their runs, through the execution API. */
import { eventually, type SmtpSink } from '@postrider/testing';
import { sumOf, type RecipientPage, type Totals } from './executions.js';
import { admin, ingest } from './http.js';
import { aChannelConfiguration, unique } from './setup.js';

export interface MarketingOptions {
  smtpPort: number;
  audienceId: string | null;
  identityType?: string;
  sendRatePerSecond?: number | null;
  subject?: string;
  activate?: boolean;
}

/** A marketing campaign, live unless told otherwise. */
export async function aMarketingCampaign(options: MarketingOptions): Promise<string> {
  const { smtpPort, audienceId, identityType = 'email', sendRatePerSecond = null, subject = 'News', activate = true } = options;
  const channelConfigurationId = await aChannelConfiguration(smtpPort, 'marketing');
  const { id } = await admin<{ id: string }>('POST', '/campaigns', {
    name: unique('marketing'), kind: 'marketing', channel: 'email', channelConfigurationId,
    content: { subject, html: '<p>Hello {{profile.firstName}}</p>', text: 'Hello {{profile.firstName}}' },
    audience: { audienceId, identityType, unknownProfiles: 'refuse', enableWebhooks: false },
    sendRatePerSecond,
  });
  if (activate) await activateMarketing(id);
  return id;
}

export async function activateMarketing(campaignId: string): Promise<void> {
  await admin('POST', `/campaigns/${campaignId}/activate`);
}

export interface AudienceExecution {
  executionId: string;
  campaignId: string;
  audienceId: string;
  status: 'InProgress' | 'Succeeded' | 'Failed';
  targetedProfileCount: number;
  run: { state: string; resolved: number; missingIdentity: number } | null;
  totals: Totals;
}

const AUDIENCE_CALL = '/im/executions/audience';

/** Calls for a run, again while the ingest API has not heard of the campaign. @returns its executionId */
export function callAudience(body: Record<string, unknown>): Promise<string> {
  return eventually(async () => {
    const answer = await ingest.post<{ executionId: string }>(AUDIENCE_CALL, body);
    if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body.executionId;
  });
}

/** The run as it stands. @throws when I0 does not hold */
export async function runOf(executionId: string): Promise<AudienceExecution> {
  const { status, body } = await ingest.get<AudienceExecution>(`${AUDIENCE_CALL}/${executionId}`);
  if (status !== 200) throw new Error(`the run's status call answered ${status}: ${JSON.stringify(body)}`);
  if (sumOf(body.totals) !== body.totals.targeted) throw new Error(`I0 is broken: ${JSON.stringify(body.totals)}`);
  return body;
}

/** The run once nothing of it is pending; I0 is checked on the way, each time. */
export async function finishedRun(executionId: string, timeoutMs = 60_000): Promise<AudienceExecution> {
  return eventually(async () => {
    const run = await runOf(executionId);
    if (run.status === 'InProgress') throw new Error(`in progress: ${JSON.stringify(run.totals)}`);
    return run;
  }, { timeoutMs, intervalMs: 200 });
}

/** Waits until a sink has this many mails. */
export async function mailsArrived(sink: SmtpSink, count: number, timeoutMs = 60_000): Promise<void> {
  await eventually(() => {
    if (sink.mails().length < count) throw new Error(`${sink.mails().length} of ${count} mails arrived`);
  }, { timeoutMs, intervalMs: 20 });
}

/** Who got how many mails: addresses that got none, and those that got more than one. */
export function mailAccount(sink: SmtpSink, addresses: readonly string[]): { missing: string[]; doubled: string[]; strangers: string[] } {
  const times = new Map(addresses.map((address) => [address, 0]));
  const strangers: string[] = [];
  for (const address of sink.mails().flatMap(({ to }) => to)) {
    const known = times.get(address);
    if (known === undefined) strangers.push(address);
    else times.set(address, known + 1);
  }
  const having = (test: (count: number) => boolean): string[] => [...times].filter(([, count]) => test(count)).map(([address]) => address);
  return { missing: having((count) => count === 0), doubled: having((count) => count > 1), strangers };
}

/** Holds a run, or lets it go on. */
export async function hold(executionId: string, action: 'pause' | 'resume'): Promise<void> {
  const { status, body } = await ingest.post(`${AUDIENCE_CALL}/${executionId}/${action}`, {});
  if (status >= 300) throw new Error(`${action} answered ${status}: ${JSON.stringify(body)}`);
}

/** The first page of those that by rule got nothing. */
export async function excludedOf(executionId: string): Promise<RecipientPage['items']> {
  const { body } = await ingest.get<RecipientPage>(`/im/executions/${executionId}/recipients?state=excluded`);
  return body.items;
}
