import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { aCrowd, aSegment, anAudience, evaluated, membersOf, rulesFor, storeProfiles, upload, type Crowd } from './harness/audiences.js';
import { admin, ingest, type Answer } from './harness/http.js';
import { aMarketingCampaign, callAudience, excludedOf, finishedRun, mailAccount } from './harness/runs.js';
import { anAddress, unique } from './harness/setup.js';

interface Estimate {
  count: number;
  sample: { identities: { value: string }[] }[];
}

interface DryRun {
  targetedProfileCount: number;
  recipients: { sample?: { subject: string } }[];
}

const MEMBERS = 400;
/** Every fourth lives in Sweden. */
const countryOf = (place: number): { country: string; firstName: string } => ({ country: place % 4 === 0 ? 'SE' : 'DE', firstName: `Person ${place}` });

/** Asked again while the ingest API has not heard of the campaign. */
const dryRun = (campaignId: string): Promise<Answer<DryRun>> =>
  eventually(async () => {
    const answer = await ingest.post<DryRun>('/im/executions/audience?dryRun=true', { campaignId });
    expect(answer.status).toBe(200);
    return answer;
  });

describe('an audience by rules', () => {
  let sink: SmtpSink;
  let crowd: Crowd;
  let swedes: Record<string, unknown>;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    crowd = await aCrowd(MEMBERS, countryOf);
    swedes = rulesFor(crowd, { field: 'attributes.country', operator: '=', value: 'SE' });
  });

  afterAll(() => sink.stop());

  it('is counted and sampled before it is saved', async () => {
    const { count, sample } = await admin<Estimate>('POST', '/audiences/estimate', { rules: swedes, sampleSize: 5 });

    expect(count).toBe(MEMBERS / 4);
    expect(sample.length).toBe(5);
    expect(sample.every((profile) => crowd.addresses.includes(profile.identities[0]?.value ?? ''))).toBe(true);
  });

  it('is found by a part of its name, and pages through its members', async () => {
    const audienceId = await anAudience({ name: `Swedes of ${crowd.name}`, source: 'segment', rules: swedes });
    const { size } = await evaluated(audienceId);

    const { items } = await admin<{ items: { id: string }[] }>('GET', `/audiences?search=${encodeURIComponent(`swedes OF ${crowd.name}`)}`);
    const members = await membersOf(audienceId);

    expect(items.map(({ id }) => id)).toEqual([audienceId]);
    expect(size).toBe(MEMBERS / 4);
    const found = new Set(members.flatMap(({ identities }) => identities.map(({ value }) => value)));
    expect(found).toEqual(new Set(crowd.addresses.filter((_, place) => place % 4 === 0)));
    expect(members.length).toBe(size);
  });

  it('becomes one mail for each member, rendered with the profile, and totals that add up', async () => {
    const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId: await aSegment(swedes), subject: 'For {{profile.firstName}}: {{context.offer}}' });

    const executionId = await callAudience({ campaignId, context: { offer: 'half price' } });
    const run = await finishedRun(executionId);

    expect(run).toMatchObject({ status: 'Succeeded', targetedProfileCount: MEMBERS / 4, totals: { targeted: MEMBERS / 4, sent: MEMBERS / 4, pending: 0 } });
    const swedish = crowd.addresses.filter((_, place) => place % 4 === 0);
    expect(mailAccount(sink, swedish)).toEqual({ missing: [], doubled: [], strangers: [] });
    expect((await sink.mailsTo(swedish[1] ?? '')[0]?.parse())?.subject).toBe('For Person 4: half price');
  });

  it('is shown by a dry run: counts and the first twenty, and nothing is sent', async () => {
    const before = sink.mails().length;
    const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId: await aSegment(swedes), subject: 'Dry {{profile.firstName}}' });

    const { body } = await dryRun(campaignId);

    expect([body.targetedProfileCount, body.recipients.length]).toEqual([MEMBERS / 4, 20]);
    expect(body.recipients.every(({ sample }) => sample?.subject.startsWith('Dry Person'))).toBe(true);
    expect(sink.mails().length).toBe(before);
  });
});

describe('an audience by upload', () => {
  let sink: SmtpSink;

  beforeAll(async () => {
    sink = await SmtpSink.start();
  });

  afterAll(() => sink.stop());

  it('creates the profiles it is asked to, takes a person once, and its columns may be used by the content', async () => {
    const [known, fresh] = [anAddress('known'), anAddress('fresh')];
    await storeProfiles([{ identities: [{ namespace: 'email', value: known }] }]);
    const audienceId = await anAudience({ source: 'upload' });

    const result = await upload(audienceId, `\uFEFFemail,seat\r\n${known},"A, 1"\r\n${fresh},B 2\r\n${known.toUpperCase()},C 3\r\n`, '?unknownProfiles=create');
    const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId, subject: 'Seat {{profile.seat}}' });
    const run = await finishedRun(await callAudience({ campaignId }));

    expect(result).toMatchObject({ status: 'Completed', rows: 3, members: 2, profilesCreated: 1, duplicates: 1, failedRows: 0 });
    expect(run.totals).toMatchObject({ targeted: 2, sent: 2 });
    expect((await sink.mailsTo(fresh)[0]?.parse())?.subject).toBe('Seat B 2');
    expect((await sink.mailsTo(known)[0]?.parse())?.subject).toMatch(/^Seat (?:A, 1|C 3)$/);
  });

  it('reports rows of unknown people where it may not create them', async () => {
    const stranger = anAddress('stranger');
    const audienceId = await anAudience({ source: 'upload' });

    const result = await upload(audienceId, `email\n${stranger}\n`);
    const report = await admin<string>('GET', `/audiences/${audienceId}/uploads/${result.uploadId}/errors`);

    expect(result).toMatchObject({ rows: 1, members: 0, profilesCreated: 0, failedRows: 1 });
    expect(report.trim().split(/\r?\n/)).toEqual([expect.stringMatching(/^line,column,code,message$/), expect.stringMatching(/^2,/)]);
  });
});

describe('members without the identity type of the campaign', () => {
  it('get nothing, are counted, and are listed as MISSING_IDENTITY', async () => {
    const sink = await SmtpSink.start();
    const symbol = unique('crm').replaceAll(/\W/g, '');
    await admin('POST', '/namespaces', { name: symbol, symbol, type: 'Cross-device' });
    const crowd = unique('numbered');
    const people = Array.from({ length: 10 }, (_, place) => {
      const email = { namespace: 'email', value: anAddress('numbered') };
      return { identities: place < 6 ? [email, { namespace: symbol, value: `customer-${place}` }] : [email], attributes: { crowd } };
    });
    await storeProfiles(people);
    const audienceId = await aSegment({ combinator: 'and', rules: [{ field: 'attributes.crowd', operator: '=', value: crowd }] });

    const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId, identityType: symbol });
    const executionId = await callAudience({ campaignId });
    const run = await finishedRun(executionId);

    expect(run).toMatchObject({ targetedProfileCount: 10, run: { missingIdentity: 4 }, totals: { targeted: 10, sent: 6, excluded: 4 } });
    expect((await excludedOf(executionId)).map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'MISSING_IDENTITY'));
    expect(mailAccount(sink, people.slice(0, 6).map(({ identities }) => identities[0]?.value ?? ''))).toEqual({ missing: [], doubled: [], strangers: [] });
    await sink.stop();
  });
});
