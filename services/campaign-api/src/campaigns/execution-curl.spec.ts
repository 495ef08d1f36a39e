import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import type { Principal } from '@postrider/auth';
import { aVersion } from '../../test/a-version.js';
import { executionCurl } from './execution-curl.js';

const principal: Principal = { tenantId: "o'neill/prod", orgId: "o'neill", sandbox: 'prod', keyId: 'key', scopes: ['read'], ratePerSecond: null };

/** What a shell hands to a program. */
const argumentsOf = (command: string): string[] =>
  execFileSync('sh', ['-c', command.replace('curl', `printf '%s\\0'`)], { env: { POSTRIDER_TOKEN: 'secret' } }).toString().split('\0').slice(0, -1);

describe(executionCurl.name, () => {
  it('survives a shell, whatever the names and samples hold', () => {
    const version = aVersion({ contextSchema: { type: 'object', properties: { note: { examples: [`it's "$(rm -rf /)" \`x\``] } } } });

    const { command, body } = executionCurl('transactional', version, principal, 'https://ingest.test');
    const given = argumentsOf(command);

    expect(given.slice(0, 3)).toEqual(['-X', 'POST', 'https://ingest.test/im/executions/unitary']);
    expect(given).toEqual(expect.arrayContaining(['authorization: Bearer secret', "x-gw-ims-org-id: o'neill", 'x-sandbox-name: prod']));
    expect(JSON.parse(given.at(-1) ?? '')).toEqual(body);
  });

  it('names an address beside an identity that is none, and the endpoint of the throughput', () => {
    const { command, body } = executionCurl('transactional', aVersion({ identityType: 'Loyalty', unknownProfiles: 'send', throughput: 'high' }), principal, 'https://ingest.test');

    expect(command).toContain('/im/executions/highthroughput');
    expect(body['recipients']).toEqual([expect.objectContaining({ type: 'external', namespace: 'Loyalty', channelData: { emailAddress: 'ada@example.com' } })]);
  });

  it('triggers a marketing campaign for its audience, with one context for all', () => {
    const { command, body } = executionCurl('marketing', aVersion({ audienceId: 'audience-1' }), principal, 'https://ingest.test');

    expect(command).toContain('https://ingest.test/im/executions/audience"');
    expect(body).toEqual({ requestId: 'request-1', campaignId: aVersion().campaignId, audience: { id: 'audience-1' }, context: { order: 'text' } });
  });
});
