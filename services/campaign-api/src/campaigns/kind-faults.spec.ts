import { describe, expect, it } from '@jest/globals';
import { kindFaults } from './kind-faults.js';

describe(kindFaults.name, () => {
  it('refuses an audience and a send rate of a transactional campaign', () => {
    const faults = kindFaults('transactional', { audienceId: 'a-1', sendRatePerSecond: 10, enableWebhooks: true, throughput: 'high' });

    expect(faults.map(({ path, code }) => [path, code])).toEqual([['/audience/audienceId', 'MARKETING_ONLY'], ['/sendRatePerSecond', 'MARKETING_ONLY']]);
  });

  it('refuses high throughput and webhooks of a marketing campaign', () => {
    const faults = kindFaults('marketing', { audienceId: 'a-1', sendRatePerSecond: 10, enableWebhooks: true, throughput: 'high' });

    expect(faults.map(({ path, code }) => [path, code])).toEqual([['/throughput', 'TRANSACTIONAL_ONLY'], ['/audience/enableWebhooks', 'TRANSACTIONAL_ONLY']]);
  });

  it.each(['transactional', 'marketing'] as const)('takes what is left out, or empty, in a %s campaign', (kind) => {
    expect(kindFaults(kind, {})).toEqual([]);
    expect(kindFaults(kind, { throughput: 'standard', audienceId: null, sendRatePerSecond: null, enableWebhooks: false })).toEqual([]);
  });
});
