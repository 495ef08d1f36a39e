import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ProfileRecipientExcluded, RecipientReady, RecipientResolved, topicOf, type MessageContract, type PayloadOf } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { MessagePublisher, deadLetterTopicOf } from '@postrider/kafka';
import { DependencyUnavailable } from '@postrider/runtime';
import { TopicReader, eventually, type SeenRecord } from '@postrider/testing';
import { applyUpserts } from '../src/administration/apply-upserts.js';
import { readProfileOf } from '../src/administration/read-profiles.js';
import { RecipientResolvedHandler } from '../src/attachment/recipient-resolved.handler.js';
import { TENANT, aRecipient, anEmail } from './builders.js';
import { RunningService } from './running-service.js';

jest.setTimeout(60_000);

let service: RunningService;
let reader: TopicReader;

const outage = (dependency: string) => new DependencyUnavailable(dependency, new Error('spec'));

/** What was published about these recipients. */
function records(contract: MessageContract, recipients: readonly RecipientResolved[]): SeenRecord[] {
  const ids = new Set(recipients.map((one) => one.executionId));
  return reader.records(service.topics.prefix + topicOf(contract)).filter((record) => ids.has(record.headers['correlation-id'] ?? ''));
}

function payloads<Contract extends MessageContract>(contract: Contract, recipients: readonly RecipientResolved[]): PayloadOf<Contract>[] {
  return records(contract, recipients).map(({ value }) => contract.payload.parse(JSON.parse(String(value))) as PayloadOf<Contract>);
}

async function readyOnes(recipients: readonly RecipientResolved[], count = recipients.length): Promise<RecipientReady[]> {
  return eventually(() => {
    const ready = payloads(RecipientReady, recipients);
    expect(ready.length).toBeGreaterThanOrEqual(count);
    return ready;
  });
}

const profileOf = (app: NestFastifyApplication, value: string, namespace = 'email') => readProfileOf(app.get(Sql), { tenantId: TENANT, namespace, value });

async function know(app: NestFastifyApplication, identities: { namespace: string; value: string }[], attributes = {}, consents = {}): Promise<string> {
  return applyUpserts(app.get(Sql), TENANT, [{ identities, attributes, consents }], async (_, [outcome]) => (outcome && 'profileId' in outcome ? outcome.profileId : ''));
}

beforeAll(async () => {
  service = await RunningService.prepare();
  const produced = [RecipientReady, ProfileRecipientExcluded].map((contract) => service.topics.prefix + topicOf(contract));
  reader = await TopicReader.start(service.topics.brokers, produced);
});

afterEach(async () => {
  await service.endAll();
});

afterAll(async () => {
  await reader.stop();
  await service.drop();
});

describe(RecipientResolvedHandler.name, () => {
  it('makes known people ready with their profile, the overrides of the call, and only the attributes that the content uses', async () => {
    const app = await service.start();
    const address = anEmail();
    const stored = { firstName: 'Ada', address: { city: 'London' }, secretNote: 'not needed' };
    const profileId = await know(app, [{ namespace: 'email', value: address }], stored, { email: 'y' });
    const recipient = aRecipient({ userId: address, profile: { firstName: 'Countess', other: 1 } });

    await service.writer.write(RecipientResolved, [recipient]);

    const [ready] = await readyOnes([recipient]);
    expect(ready).toMatchObject({ messageId: recipient.messageId, profileId, address, consents: { email: 'y' }, context: recipient.context });
    expect(ready?.attributes).toEqual({ firstName: 'Countess', address: { city: 'London' } });
    expect((await profileOf(app, address))?.attributes).toEqual(stored);
    expect(records(RecipientReady, [recipient])[0]?.key).toBe(recipient.recipientKey);
  });

  it('creates unknown people once, holding their identity only, however many messages they get', async () => {
    const app = await service.start();
    const people = Array.from({ length: 50 }, () => anEmail());
    const recipients = [...people, ...people].map((userId) => aRecipient({ userId, unknownProfiles: 'create', profile: { firstName: 'Ada' } }));

    await service.writer.write(RecipientResolved, recipients);

    const ready = await readyOnes(recipients);
    expect(new Set(ready.map((one) => one.profileId)).size).toBe(people.length);
    const profile = await profileOf(app, people[0] ?? '');
    expect(profile).toMatchObject({ dataset: 'AJO Interactive Messaging Profile', attributes: {}, consents: {} });
    expect(profile?.identities).toEqual([{ namespace: 'email', value: people[0] }]);
  });

  it('creates them in their own namespace where it is custom, in that of the channel where it is standard', async () => {
    const app = await service.start();
    const channelData = { emailAddress: anEmail() };
    const custom = aRecipient({ namespace: 'Loyalty', userId: anEmail(), unknownProfiles: 'create', channelData });
    const standard = aRecipient({ namespace: 'ECID', userId: anEmail().toUpperCase(), unknownProfiles: 'create', channelData });

    await service.writer.write(RecipientResolved, [custom, standard]);

    const ready = await readyOnes([custom, standard]);
    const [inLoyalty, inEcid, inEmail] = await Promise.all([
      profileOf(app, custom.userId, 'loyalty'),
      profileOf(app, standard.userId, 'ecid'),
      profileOf(app, standard.userId.toLowerCase(), 'email'),
    ]);
    const idOf = ({ messageId }: RecipientResolved) => ready.find((one) => one.messageId === messageId)?.profileId;
    expect(inLoyalty?.id).toBe(idOf(custom));
    expect(inEcid).toBeUndefined();
    expect(inEmail?.id).toBe(idOf(standard));
  });

  it('refuses unknown people, sends to them without a profile, or excludes them without an address, as the campaign says', async () => {
    const app = await service.start();
    const refused = aRecipient({ unknownProfiles: 'refuse' });
    const sent = aRecipient({ unknownProfiles: 'send' });
    const unreachable = aRecipient({ namespace: 'Loyalty', userId: anEmail(), unknownProfiles: 'send' });
    const malformed = aRecipient({ unknownProfiles: 'send', channelData: { emailAddress: 'nonsense' } });
    const all = [refused, sent, unreachable, malformed];

    await service.writer.write(RecipientResolved, all);

    const [ready] = await readyOnes([sent]);
    await eventually(() => expect(payloads(ProfileRecipientExcluded, all)).toHaveLength(3));
    const codes = new Map(payloads(ProfileRecipientExcluded, all).map((one) => [one.messageId, one.code]));
    expect(ready).toMatchObject({ profileId: null, address: sent.identity });
    expect([refused, unreachable, malformed].map((one) => codes.get(one.messageId))).toEqual(['PROFILE_UNKNOWN', 'NO_ADDRESS', 'MALFORMED_ADDRESS']);
    expect(await profileOf(app, sent.identity)).toBeUndefined();
  });

  it('never mixes up the people of two tenants', async () => {
    const app = await service.start();
    const address = anEmail();
    await know(app, [{ namespace: 'email', value: address }], { firstName: 'Ada' });
    const stranger = aRecipient({ tenantId: 'other/prod', userId: address, unknownProfiles: 'send' });

    await service.writer.write(RecipientResolved, [stranger]);

    expect(await readyOnes([stranger])).toEqual([expect.objectContaining({ profileId: null, attributes: {} })]);
  });

  it('says the same again, under the same ids, when a recipient comes again', async () => {
    await service.start();
    const recipient = aRecipient({ unknownProfiles: 'create' });

    await service.writer.write(RecipientResolved, [recipient]);
    await readyOnes([recipient]);
    await service.writer.write(RecipientResolved, [recipient]);
    const [first, second] = await readyOnes([recipient], 2);

    expect(second).toEqual({ ...first, readyAt: second?.readyAt });
    expect(records(RecipientReady, [recipient]).map((record) => record.headers['ce_id'])).toEqual(Array(2).fill(`${recipient.messageId}/ready`));
  });

  it('publishes with the profile that was created when the process ended between write and publish', async () => {
    const recipient = aRecipient({ unknownProfiles: 'create' });
    const dying = await service.start();
    jest.spyOn(dying.get(MessagePublisher), 'publish').mockRejectedValue(outage('kafka'));
    await service.writer.write(RecipientResolved, [recipient]);
    const created = await eventually(async () => {
      const profile = await profileOf(dying, recipient.identity);
      expect(profile).toBeDefined();
      return profile;
    });

    await dying.close();
    await service.start();

    expect(await readyOnes([recipient])).toEqual([expect.objectContaining({ messageId: recipient.messageId, profileId: created?.id, attributes: {} })]);
  });

  it('puts a bad record aside and goes on with its neighbours', async () => {
    await service.start();
    const dlq = service.topics.prefix + deadLetterTopicOf('profile-creator', topicOf(RecipientResolved));
    const letters = await TopicReader.start(service.topics.brokers, [dlq]);
    const good = Array.from({ length: 6 }, () => aRecipient({ unknownProfiles: 'create' }));
    // Postgres refuses NUL in a text, and with it the statement of the whole batch.
    const unstorable = { ...aRecipient({ unknownProfiles: 'create' }), identity: 'nul\0' };

    await service.writer.write(RecipientResolved, [...good.slice(0, 3), unstorable, ...good.slice(3)]);
    await service.writer.writeRaw(topicOf(RecipientResolved), 'bad', '{"not":"a recipient"}');

    expect((await readyOnes(good)).map((one) => one.messageId).sort()).toEqual(good.map((one) => one.messageId).sort());
    await eventually(() => expect(letters.records()).toHaveLength(2));
    expect(letters.records().map((record) => record.headers['dlq-code']).sort()).toEqual(['BUG', 'INVALID_MESSAGE']);
    await letters.stop();
  });

  it('waits while Postgres or the broker is away, and loses nobody', async () => {
    const app = await service.start();
    jest.spyOn(app.get(Sql), 'query').mockRejectedValueOnce(outage('postgres')).mockRejectedValueOnce(outage('postgres'));
    jest.spyOn(app.get(MessagePublisher), 'publish').mockRejectedValueOnce(outage('kafka'));
    const recipients = Array.from({ length: 5 }, () => aRecipient({ unknownProfiles: 'create' }));

    await service.writer.write(RecipientResolved, recipients);

    await eventually(() => expect(new Set(payloads(RecipientReady, recipients).map((one) => one.messageId)).size).toBe(5));
  });
});
