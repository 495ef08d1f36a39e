import { z } from 'zod';
import { AudienceDefinition } from '../audiences/audience-definition.js';
import { defineMessage } from '../define-message.js';
import {
  ApiKey, CampaignState, CampaignVersion, ChannelConfiguration, NamespaceDefinition, SandboxSettings, WebhookEndpoint,
} from './parts.js';

/** Everything an administrator edits, as the other services need it. */
export const Configuration = z.discriminatedUnion('kind', [
  CampaignState, CampaignVersion, ChannelConfiguration, NamespaceDefinition, WebhookEndpoint, ApiKey, SandboxSettings,
  AudienceDefinition,
]);
export type Configuration = z.infer<typeof Configuration>;
export type ConfigurationKind = Configuration['kind'];
export type ConfigurationOf<Kind extends ConfigurationKind> = Extract<Configuration, { kind: Kind }>;

/** `<kind>:<id>`, the key of the compacted topic; a tombstone under it says the thing is gone. */
export function configurationKeyOf(kind: ConfigurationKind, id: string): string {
  return `${kind}:${id}`;
}

/** The state of one thing that an administrator edits; the last one of a key wins. Producer: campaign-api. */
export const ConfigurationChanged = defineMessage({
  topic: 'campaign.configuration-changed.v1',
  compacted: true,
  key: (m) => configurationKeyOf(m.kind, m.id),
  id: (m) => configurationKeyOf(m.kind, m.id),
  payload: Configuration,
  example: {
    kind: 'sandbox',
    id: 'acme/prod',
    sandboxId: '0198f5a2-0000-7000-8000-000000000004',
    orgId: 'acme',
    name: 'prod',
    defaultRegion: 'SE',
  },
});
