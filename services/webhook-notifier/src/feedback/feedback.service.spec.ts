import { describe, expect, it } from '@jest/globals';
import type { Configuration, ConfigurationKind } from '@postrider/contracts';
import type { ConfigurationTable } from '@postrider/kafka';
import { Logger } from '@postrider/runtime';
import { SecretSealer } from '@postrider/secrets';
import { FakeClock } from '@postrider/testing';
import { EndpointDirectory } from '../endpoints/endpoint-directory.js';
import { aStatus, aVersion, anEndpoint, SEALING_KEYS } from '../../test/builders.js';
import { CampaignVersionNotSeen } from './feedback.errors.js';
import { FeedbackService } from './feedback.service.js';

const TENANT = 'acme/prod';

/** A table that never changes. */
function tableOf(configurations: readonly Configuration[]): ConfigurationTable {
  const table = {
    get: (kind: ConfigurationKind, id: string) => configurations.find((one) => one.kind === kind && one.id === id),
    all: (kind: ConfigurationKind) => configurations.filter((one) => one.kind === kind),
    onChange: () => undefined,
  };
  return table as unknown as ConfigurationTable;
}

function serviceWith(configurations: readonly Configuration[], clock = new FakeClock()): FeedbackService {
  const table = tableOf(configurations);
  return new FeedbackService(table, new EndpointDirectory(table, new SecretSealer(SEALING_KEYS)), clock, Logger.create('spec', 'silent'));
}

describe(FeedbackService.name, () => {
  it('makes the same deliveries of the same status, and others for others', () => {
    const version = aVersion(TENANT);
    const endpoints = [anEndpoint({ tenantId: TENANT, url: 'https://a.test/' }), anEndpoint({ tenantId: TENANT, url: 'https://b.test/' })];
    const service = serviceWith([version, ...endpoints]);
    const status = aStatus(version);

    const deliveries = service.deliveriesOf([status, { ...status, sequence: 2 }]);

    expect(deliveries.map(({ endpointId, sequence }) => [endpointId, sequence])).toEqual([
      [endpoints[0]!.id, 1], [endpoints[1]!.id, 1], [endpoints[0]!.id, 2], [endpoints[1]!.id, 2],
    ]);
    expect(new Set(deliveries.map(({ id }) => id)).size).toBe(4);
    expect(service.deliveriesOf([status, { ...status, sequence: 2 }])).toEqual(deliveries);
  });

  it('tells nobody of a campaign without webhooks, or of another tenant\'s', () => {
    const endpoint = anEndpoint({ tenantId: TENANT, url: 'https://a.test/' });
    const silent = aVersion(TENANT, { enableWebhooks: false });
    const foreign = aVersion('other/prod');
    const service = serviceWith([endpoint, silent, foreign]);

    expect(service.deliveriesOf([aStatus(silent), aStatus(foreign), aStatus(foreign, { tenantId: TENANT })])).toEqual([]);
  });

  it('tells nobody of a marketing campaign, whatever its version says, and waits for none', () => {
    const version = aVersion(TENANT);
    const service = serviceWith([version, anEndpoint({ tenantId: TENANT, url: 'https://a.test/' })]);
    const marketing = { campaignKind: 'marketing' } as const;

    expect(service.deliveriesOf([aStatus(version, marketing), aStatus(aVersion(TENANT), marketing)])).toEqual([]);
  });

  it('waits for a version that is not known yet, and passes one over that never comes', () => {
    const clock = new FakeClock();
    const service = serviceWith([anEndpoint({ tenantId: TENANT, url: 'https://a.test/' })], clock);
    const status = aStatus(aVersion(TENANT), { occurredAt: clock.now().toISOString() });

    expect(() => service.deliveriesOf([status])).toThrow(CampaignVersionNotSeen);
    clock.advance(30_000);
    expect(service.deliveriesOf([status])).toEqual([]);
  });
});
