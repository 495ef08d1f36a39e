import { z } from 'zod';
import { CampaignKind, Channel, Instant } from '../../words.js';
import { Name, lineOf } from './fields.js';

const TlsMode = z.enum(['none', 'starttls', 'implicit']);

const smtpFields = {
  type: z.literal('smtp'),
  host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'must be a host name or an IP address'),
  port: z.int().min(1).max(65_535),
  tls: TlsMode.default('starttls'),
  username: lineOf(320).nullable().default(null),
  maxConnections: z.int().min(1).max(100).default(5),
  /** Mails handed over per second; null for as fast as it goes. */
  ratePerSecond: z.int().min(1).max(100_000).nullable().default(null),
};

const emailFields = {
  fromAddress: z.email().max(254),
  fromName: lineOf(200).default(''),
  replyTo: z.email().max(254).nullable().default(null),
};

const EmailSettingsInput = z.strictObject({
  ...emailFields,
  /** `password`: omitted keeps the stored one (on an edit), null removes it. */
  provider: z.strictObject({ ...smtpFields, password: z.string().min(1).max(1_024).nullable().optional() }),
});
export type EmailSettingsInput = z.infer<typeof EmailSettingsInput>;

export const ChannelConfigurationInput = z
  .strictObject({ name: Name, channel: Channel, category: CampaignKind, email: EmailSettingsInput })
  .meta({ id: 'ChannelConfigurationInput' });
export type ChannelConfigurationInput = z.infer<typeof ChannelConfigurationInput>;

/** A field that is given replaces the stored one as a whole. Channel and category never change. */
export const ChannelConfigurationPatch = z
  .strictObject({ name: Name.optional(), email: EmailSettingsInput.optional() })
  .meta({ id: 'ChannelConfigurationPatch' });
export type ChannelConfigurationPatch = z.infer<typeof ChannelConfigurationPatch>;

/** Passwords are never answered: `hasPassword` says whether one is stored. */
export const ChannelConfigurationInfo = z
  .object({
    id: z.string(),
    name: z.string(),
    channel: Channel,
    category: CampaignKind,
    email: z.object({
      fromAddress: z.string(),
      fromName: z.string(),
      replyTo: z.string().nullable(),
      provider: z.object({
        type: z.literal('smtp'),
        host: z.string(),
        port: z.int(),
        tls: TlsMode,
        username: z.string().nullable(),
        hasPassword: z.boolean(),
        maxConnections: z.int(),
        ratePerSecond: z.int().nullable(),
      }),
    }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'ChannelConfiguration' });
export type ChannelConfigurationInfo = z.infer<typeof ChannelConfigurationInfo>;

/** What happened when the provider was called, step by step; nothing is sent. */
export const ChannelVerification = z
  .object({
    ok: z.boolean(),
    steps: z.array(
      z.object({
        step: z.enum(['connect', 'greeting', 'hello', 'starttls', 'authenticate']),
        ok: z.boolean(),
        /** The server's answer, or what went wrong. */
        detail: z.string(),
        milliseconds: z.int(),
      }),
    ),
  })
  .meta({ id: 'ChannelVerification' });
export type ChannelVerification = z.infer<typeof ChannelVerification>;
