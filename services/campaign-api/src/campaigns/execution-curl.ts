import type { CampaignCurl, CampaignKind, JsonObject } from '@postrider/contracts';
import type { Principal } from '@postrider/auth';
import { inferContextSchema } from '@postrider/content';
import type { CampaignVersionRow } from './campaign-version.entity.js';
import { sampleOf } from './schema-sample.js';

/** A command that triggers the campaign, ready but for the token and, where the call names it, the recipient. */
export function executionCurl(kind: CampaignKind, version: CampaignVersionRow, principal: Principal, ingestUrl: string): CampaignCurl {
  const { path, body } = kind === 'marketing' ? audienceCall(version) : recipientCall(version);
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

interface SampleCall {
  path: string;
  body: JsonObject;
}

/** The audience is named though it is the campaign's own, so that a reader sees where another one would stand. */
function audienceCall(version: CampaignVersionRow): SampleCall {
  const audience = version.audienceId === null ? {} : { audience: { id: version.audienceId } };
  return { path: 'audience', body: { requestId: 'request-1', campaignId: version.campaignId, ...audience, context: sampleContext(version) } };
}

function recipientCall(version: CampaignVersionRow): SampleCall {
  const type = version.unknownProfiles === 'refuse' ? 'aep' : 'external';
  const recipients = [{ type, ...recipientOf(version.identityType), context: sampleContext(version) }];
  return {
    path: version.throughput === 'high' ? 'highthroughput' : 'unitary',
    body: { requestId: 'request-1', campaignId: version.campaignId, recipients },
  };
}

const sampleContext = (version: CampaignVersionRow): unknown => sampleOf(version.contextSchema ?? inferContextSchema(version.content));

function recipientOf(namespace: string): JsonObject {
  if (namespace.toLowerCase() === 'email') return { userId: 'ada@example.com', namespace };
  return { userId: namespace.toLowerCase() === 'phone' ? '+46701234567' : 'ada', namespace, channelData: { emailAddress: 'ada@example.com' } };
}

/** In single quotes a shell reads everything literally but the quote itself (POSIX, 2.2.2). */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
