import { z } from 'zod';
import { CampaignKind, CampaignStatus, Channel, Instant, JsonObject, Throughput, UnknownOutcome, UnknownProfiles } from '../../words.js';
import { Fault } from '../problem.js';
import { Name, TimeZone, lineOf } from './fields.js';

const TEMPLATE_MAX = 500_000;

const ContentInput = z.strictObject({
  subject: z.string().max(2_000),
  html: z.string().max(TEMPLATE_MAX).default(''),
  /** Derived from the HTML when empty. */
  text: z.string().max(TEMPLATE_MAX).default(''),
  /** A URL or mailto for List-Unsubscribe; a template as well. */
  listUnsubscribe: z.string().max(2_000).nullable().default(null),
});

const AudienceInput = z.strictObject({
  /** Of a marketing campaign, required to activate it; transactional campaigns get their recipients in the call. */
  audienceId: z.string().max(64).nullable().default(null),
  /** The symbol of the one namespace that identifies recipients. */
  identityType: z.string().min(1).max(64),
  unknownProfiles: UnknownProfiles.default('refuse'),
  enableWebhooks: z.boolean().default(false),
});

const ScheduleInput = z
  .strictObject({
    startAt: Instant.nullable().default(null),
    endAt: Instant.nullable().default(null),
    timeZone: TimeZone.default('UTC'),
  })
  .refine(({ startAt, endAt }) => !startAt || !endAt || Date.parse(startAt) < Date.parse(endAt), { path: ['endAt'], message: 'must be after startAt' });

const fields = {
  name: Name,
  description: z.string().max(2_000),
  tags: z.array(lineOf(64)).max(20),
  throughput: Throughput,
  /** May be null while the campaign is a draft. */
  channelConfigurationId: z.string().max(64).nullable(),
  content: ContentInput,
  audience: AudienceInput,
  schedule: ScheduleInput,
  /** Of a marketing campaign: hand-overs a second; what is left 12 hours after the call is excluded. */
  sendRatePerSecond: z.int().min(1).max(2_000).nullable(),
  unknownOutcome: UnknownOutcome,
  /** A message not handed over by then is `expired`; at most 30 days. */
  messageLifetimeSeconds: z.int().min(1).max(2_592_000),
  /** JSON Schema of `context`; null to have it inferred from the content. */
  contextSchema: JsonObject.nullable(),
};

export const CampaignInput = z
  .strictObject({
    ...fields,
    kind: CampaignKind,
    channel: Channel,
    description: fields.description.default(''),
    tags: fields.tags.default([]),
    throughput: fields.throughput.default('standard'),
    channelConfigurationId: fields.channelConfigurationId.default(null),
    schedule: ScheduleInput.prefault({}),
    sendRatePerSecond: fields.sendRatePerSecond.default(null),
    unknownOutcome: fields.unknownOutcome.default('never-twice'),
    messageLifetimeSeconds: fields.messageLifetimeSeconds.default(86_400),
    contextSchema: fields.contextSchema.default(null),
  })
  .meta({ id: 'CampaignInput' });
export type CampaignInput = z.infer<typeof CampaignInput>;

/** A field that is given replaces the stored one as a whole. Kind and channel never change. */
export const CampaignPatch = z.strictObject(fields).partial().meta({ id: 'CampaignPatch' });
export type CampaignPatch = z.infer<typeof CampaignPatch>;

const versionFields = {
  version: z.int().positive(),
  throughput: Throughput,
  channel: Channel,
  channelConfigurationId: z.string().nullable(),
  content: z.object({ subject: z.string(), html: z.string(), text: z.string(), listUnsubscribe: z.string().nullable() }),
  audience: z.object({
    audienceId: z.string().nullable(),
    identityType: z.string(),
    unknownProfiles: UnknownProfiles,
    enableWebhooks: z.boolean(),
  }),
  schedule: z.object({ startAt: Instant.nullable(), endAt: Instant.nullable(), timeZone: z.string() }),
  sendRatePerSecond: z.int().nullable(),
  unknownOutcome: UnknownOutcome,
  messageLifetimeSeconds: z.int(),
  contextSchema: JsonObject.nullable(),
  createdAt: Instant,
  createdBy: z.string(),
};

/** One version; the content is what was, is, or will be sent. */
export const CampaignVersionInfo = z
  .object({ id: z.string(), state: z.enum(['draft', 'live', 'replaced']), activatedAt: Instant.nullable(), ...versionFields })
  .meta({ id: 'CampaignVersion' });
export type CampaignVersionInfo = z.infer<typeof CampaignVersionInfo>;

/** A campaign with the fields of its draft version if it has one, else of the activated one. */
export const Campaign = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    tags: z.array(z.string()),
    kind: CampaignKind,
    status: CampaignStatus,
    /** The activated version; null before the first activation. */
    liveVersion: z.int().nullable(),
    /** The version being edited; null when there is none. */
    draftVersion: z.int().nullable(),
    ...versionFields,
    updatedAt: Instant,
  })
  .meta({ id: 'Campaign' });
export type Campaign = z.infer<typeof Campaign>;

/** What `activate` would refuse; empty when it would not. */
export const CampaignValidation = z.object({ valid: z.boolean(), errors: z.array(Fault) }).meta({ id: 'CampaignValidation' });
export type CampaignValidation = z.infer<typeof CampaignValidation>;

export const PreviewInput = z
  .strictObject({
    profile: JsonObject.default({}),
    context: JsonObject.default({}),
    /** By default the version that the campaign shows. */
    version: z.int().positive().optional(),
  })
  .meta({ id: 'PreviewInput' });
export type PreviewInput = z.infer<typeof PreviewInput>;

export const Preview = z
  .object({
    subject: z.string(),
    html: z.string(),
    text: z.string(),
    listUnsubscribe: z.string().nullable(),
    /** Where the sample context does not match the campaign's schema. */
    contextErrors: z.array(Fault),
  })
  .meta({ id: 'Preview' });
export type Preview = z.infer<typeof Preview>;

/** A ready call of the execution API; `$POSTRIDER_TOKEN` stands for the token, which nobody stores. */
export const CampaignCurl = z.object({ command: z.string(), body: JsonObject }).meta({ id: 'CampaignCurl' });
export type CampaignCurl = z.infer<typeof CampaignCurl>;
