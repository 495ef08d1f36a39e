import type { CampaignCurl, JsonObject } from '@postrider/contracts';
import type { Principal } from '@postrider/auth';
import { inferContextSchema } from '@postrider/content';
import type { CampaignVersionRow } from './campaign-version.entity.js';
import { sampleOf } from './schema-sample.js';

/** A command that triggers the campaign for one recipient, ready but for the token and the recipient. */
export function executionCurl(version: CampaignVersionRow, principal: Principal, ingestUrl: string): CampaignCurl {
  const context = sampleOf(version.contextSchema ?? inferContextSchema(version.content));
  const body: JsonObject = {
    requestId: 'request-1',
    campaignId: version.campaignId,
    recipients: [{ type: version.unknownProfiles === 'refuse' ? 'aep' : 'external', ...recipientOf(version.identityType), context }],
  };
  const path = version.throughput === 'high' ? 'highthroughput' : 'unitary';
  const command = [
    `curl -X POST "${ingestUrl}/im/executions/${path}"`,
    `-H 'content-type: application/json'`,
    `-H "authorization: Bearer $POSTRIDER_TOKEN"`,
    `-H ${quoted(`x-api-key: ${principal.keyId}`)}`,
    `-H ${quoted(`x-gw-ims-org-id: ${principal.orgId}`)}`,
    `-H ${quoted(`x-sandbox-name: ${principal.sandbox}`)}`,
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ');
  return { command, body };
}

function recipientOf(namespace: string): JsonObject {
  if (namespace.toLowerCase() === 'email') return { userId: 'ada@example.com', namespace };
  return { userId: namespace.toLowerCase() === 'phone' ? '+46701234567' : 'ada', namespace, channelData: { emailAddress: 'ada@example.com' } };
}

/** In single quotes a shell reads everything literally but the quote itself (POSIX, 2.2.2). */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
