import { z } from 'zod';
import {
  CampaignKind, CampaignStatus, Channel, Instant, JsonObject, Throughput, UnknownOutcome, UnknownProfiles,
} from '../words.js';

/** AES-256-GCM: `<key id>.<nonce>.<ciphertext and tag>`, base64url; opened by `libs/secrets`. */
export const Sealed = z.string();

/** A campaign as a whole: its state, and the version that calls are made against. */
export const CampaignState = z.object({
  kind: z.literal('campaign'),
  id: z.string(),
  tenantId: z.string(),
  name: z.string(),
  campaignKind: CampaignKind,
  throughput: Throughput,
  status: CampaignStatus,
  /** The activated version; null before the first activation. */
  liveVersionId: z.string().nullable(),
  startAt: Instant.nullable(),
  endAt: Instant.nullable(),
});
export type CampaignState = z.infer<typeof CampaignState>;

export const EmailContent = z.object({
  subject: z.string(),
  html: z.string(),
  /** Derived from the HTML when empty. */
  text: z.string().default(''),
  /** A URL or mailto that goes into List-Unsubscribe; a template as well. */
  listUnsubscribe: z.string().nullable().default(null),
});
export type EmailContent = z.infer<typeof EmailContent>;

/** What one version of a campaign sends; never changed once published. */
export const CampaignVersion = z.object({
  kind: z.literal('campaign-version'),
  id: z.string(),
  tenantId: z.string(),
  campaignId: z.string(),
  version: z.int().positive(),
  channel: Channel,
  channelConfigurationId: z.string(),
  content: EmailContent,
  identityType: z.string(),
  unknownProfiles: UnknownProfiles,
  /** Of a marketing campaign: whom a call without an audience of its own goes to. */
  audienceId: z.string().nullable().optional(),
  /** Of a marketing campaign: hand-overs a second over all processes; null for as fast as can be. */
  sendRatePerSecond: z.int().min(1).max(2_000).nullable().optional(),
  enableWebhooks: z.boolean(),
  unknownOutcome: UnknownOutcome,
  messageLifetimeSeconds: z.int().positive(),
  /** JSON Schema of `context`: the administrator's, or inferred from the content. */
  contextSchema: JsonObject,
});
export type CampaignVersion = z.infer<typeof CampaignVersion>;

export const SmtpProvider = z.object({
  type: z.literal('smtp'),
  host: z.string(),
  port: z.int(),
  tls: z.enum(['none', 'starttls', 'implicit']),
  username: z.string().nullable(),
  sealedPassword: Sealed.nullable(),
  maxConnections: z.int().positive(),
  ratePerSecond: z.int().positive().nullable(),
});
export type SmtpProvider = z.infer<typeof SmtpProvider>;

export const ChannelConfiguration = z.object({
  kind: z.literal('channel-configuration'),
  id: z.string(),
  tenantId: z.string(),
  name: z.string(),
  channel: Channel,
  category: CampaignKind,
  email: z.object({
    fromAddress: z.string(),
    fromName: z.string(),
    replyTo: z.string().nullable(),
    provider: SmtpProvider,
  }),
});
export type ChannelConfiguration = z.infer<typeof ChannelConfiguration>;

export const NamespaceType = z.enum([
  'Cookie', 'Cross-device', 'Device', 'Email', 'Phone', 'Non-people', 'Partner',
]);
export type NamespaceType = z.infer<typeof NamespaceType>;

/** Where identities live; `id` is `<tenantId>/<symbol in lower case>`. */
export const NamespaceDefinition = z.object({
  kind: z.literal('namespace'),
  id: z.string(),
  tenantId: z.string(),
  name: z.string(),
  symbol: z.string(),
  type: NamespaceType,
  custom: z.boolean(),
});
export type NamespaceDefinition = z.infer<typeof NamespaceDefinition>;

export const WebhookEndpoint = z.object({
  kind: z.literal('webhook-endpoint'),
  id: z.string(),
  tenantId: z.string(),
  name: z.string(),
  channels: z.array(Channel),
  url: z.string(),
  authentication: z.object({ type: z.literal('none') }),
  /** JSON object of header name to value, sealed as a whole. */
  sealedHeaders: Sealed,
  /** `whsec_…`, newest first; two during a rotation. */
  sealedSecrets: z.array(Sealed).min(1).max(2),
  enabled: z.boolean(),
});
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

export const Scope = z.enum(['execute', 'read', 'admin']);
export type Scope = z.infer<typeof Scope>;

/** `id` is what callers send as `x-api-key`. A revoked key is a tombstone. */
export const ApiKey = z.object({
  kind: z.literal('api-key'),
  id: z.string(),
  name: z.string(),
  orgId: z.string(),
  sandboxes: z.array(z.string()),
  scopes: z.array(Scope),
  /** SHA-256 of the token, hex; tokens are 256 random bits, so no slow hash is needed. */
  tokenHash: z.string(),
  ratePerSecond: z.int().positive().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

export const Shield = z.enum(['healthcare', 'privacy-and-security']);
export type Shield = z.infer<typeof Shield>;

/** `id` is the tenantId. */
export const SandboxSettings = z.object({
  kind: z.literal('sandbox'),
  id: z.string(),
  sandboxId: z.string(),
  orgId: z.string(),
  name: z.string(),
  /** ISO 3166-1 alpha-2; how national phone numbers are read. */
  defaultRegion: z.string().length(2),
  /** Of the organization: under a shield, composition audiences may not be used. */
  shields: z.array(Shield).optional(),
});
export type SandboxSettings = z.infer<typeof SandboxSettings>;
