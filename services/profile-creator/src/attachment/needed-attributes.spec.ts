import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CampaignVersion } from '@postrider/contracts';
import type { ConfigurationChange, ConfigurationTable } from '@postrider/kafka';
import { NeededAttributes } from './needed-attributes.js';

const aVersion = (html: string, id = 'v1'): CampaignVersion => ({
  kind: 'campaign-version',
  id,
  tenantId: 'acme/prod',
  campaignId: 'c1',
  version: 1,
  channel: 'email',
  channelConfigurationId: 'cc1',
  content: { subject: 'Order {{context.order}} of {{profile.firstName}}', html, text: '', listUnsubscribe: null },
  identityType: 'email',
  unknownProfiles: 'create',
  enableWebhooks: false,
  unknownOutcome: 'never-twice',
  messageLifetimeSeconds: 60,
  contextSchema: {},
});

/** Campaign versions in memory. */
class FakeTable {
  private readonly versions = new Map<string, CampaignVersion>();
  private listener: (change: ConfigurationChange) => void = () => undefined;

  get(_kind: 'campaign-version', id: string): CampaignVersion | undefined {
    return this.versions.get(id);
  }

  onChange(listener: (change: ConfigurationChange) => void): void {
    this.listener = listener;
  }

  put(value: CampaignVersion): void {
    this.versions.set(value.id, value);
    this.listener({ kind: 'campaign-version', id: value.id, value });
  }
}

describe(NeededAttributes.name, () => {
  let table: FakeTable;
  let needed: NeededAttributes;

  beforeEach(() => {
    table = new FakeTable();
    needed = new NeededAttributes(table as unknown as ConfigurationTable);
  });

  it('names each attribute that the content uses, whole or in part', () => {
    table.put(aVersion('<p>{{profile.address.city}} {{profile.address.zip}} {% for pet in profile.pets %}{{pet.name}}{% endfor %} {{context.x}}</p>'));

    expect(needed.of('v1')).toEqual(expect.arrayContaining(['address', 'firstName', 'pets']));
    expect(needed.of('v1')).not.toContain('x');
  });

  it('names attributes with a dot in their names', () => {
    table.put(aVersion('<p>{{profile["shoe.size"]}}</p>'));

    expect(needed.of('v1')).toContain('shoe.size');
  });

  it.each(['{{profile | json}}', '{{profile[context.name]}}', '{% for one in profile %}{{one[0]}}{% endfor %}'])('asks for all of them for %s', (html) => {
    table.put(aVersion(html));

    expect(needed.of('v1')).toBeUndefined();
  });

  it('names none for a content without attributes', () => {
    table.put({ ...aVersion('<p>{{context.x}}</p>'), content: { subject: 's', html: '{{context.x}}', text: '', listUnsubscribe: null } });

    expect(needed.of('v1')).toEqual([]);
  });

  it('asks for all of them while the version is not known, and for its own as soon as it is', () => {
    const before = needed.of('v1');
    table.put(aVersion('<p>hello</p>'));

    expect(before).toBeUndefined();
    expect(needed.of('v1')).toEqual(['firstName']);
  });

  it('forgets a version that is published again', () => {
    table.put(aVersion('<p>hello</p>'));
    needed.of('v1');

    table.put(aVersion('<p>{{profile.city}}</p>'));

    expect(needed.of('v1')).toContain('city');
  });

  it('asks for all of them where the content does not parse: rendering says what is wrong', () => {
    table.put(aVersion('{% for %}'));

    expect(needed.of('v1')).toBeUndefined();
  });
});
