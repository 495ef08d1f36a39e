import { describe, expect, it } from '@jest/globals';
import type { CampaignVersion, UnitaryCall } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import { FakeClock } from '@postrider/testing';
import { TENANT, aCall, aCallRecipient, aCampaign } from '../../test/builders.js';
import { bodyHash } from '../intake/body-hash.js';
import { RequestIds } from '../intake/request-ids.js';
import type { Decider } from './decider.js';
import { decide } from './decision.js';
import { DryRunService } from './dry-run.service.js';
import { Samples } from './samples.js';

const CALLER = { tenantId: TENANT, keyId: 'key' };
const NOW = new Date('2026-01-01T00:00:00.000Z');

interface Setting {
  version?: Partial<CampaignVersion>;
  /** The body that used the requestId. */
  used?: UnitaryCall;
}

/** Dry runs of a campaign at which every recipient is good. */
function dryRuns({ version: changes, used }: Setting = {}): DryRunService {
  const { version } = aCampaign({}, changes);
  const decider = {
    decide: async (tenantId: string, call: UnitaryCall) => {
      const judged = call.recipients.map((recipient, index) => ({ index, recipient, identity: recipient.userId, recipientKey: recipient.userId, faults: [] }));
      return decide({ tenantId, call, version, throughput: 'standard', judged, now: NOW });
    },
  };
  const query = async () => (used ? [{ bodyHash: bodyHash(used) }] : []);
  return new DryRunService(decider as unknown as Decider, new RequestIds({ query } as unknown as Sql), new Samples(), new FakeClock());
}

describe(DryRunService.name, () => {
  it('shows each recipient what it would get, of its own attributes and context', async () => {
    const content = { subject: 'Order {{context.order}}', html: '<p>{{profile.firstName}}</p>', text: '{{profile.firstName}}', listUnsubscribe: null };
    const recipients = ['Ada', 'Bob'].map((firstName, order) => aCallRecipient({ profile: { firstName }, context: { order } }));

    const { recipients: shown } = await dryRuns({ version: { content } }).run(CALLER, aCall('c', { recipients }), 'standard');

    expect(shown.map(({ sample }) => sample)).toMatchObject([{ subject: 'Order 0', html: '<p>Ada</p>' }, { subject: 'Order 1', html: '<p>Bob</p>' }]);
    expect(shown.map(({ address }) => address)).toEqual(recipients.map(({ userId }) => userId));
  });

  it('says that a requestId is used up by another body, as the call would be told', async () => {
    const call = aCall('c');

    const refused = dryRuns({ used: { ...call, failureMode: 'partial' } }).run(CALLER, call, 'standard');

    await expect(refused).rejects.toMatchObject({ code: 'REQUEST_ID_REUSED', status: 409 });
  });

  it('decides anew on a call that was accepted before', async () => {
    const call = aCall('c');

    expect((await dryRuns({ used: call }).run(CALLER, call, 'standard')).recipients).toMatchObject([{ result: 'accepted' }]);
  });
});
