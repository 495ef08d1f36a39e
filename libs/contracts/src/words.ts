import { z } from 'zod';

export const Channel = z.enum(['email']);
export type Channel = z.infer<typeof Channel>;

export const CampaignKind = z.enum(['transactional', 'marketing']);
export type CampaignKind = z.infer<typeof CampaignKind>;

export const Throughput = z.enum(['standard', 'high']);
export type Throughput = z.infer<typeof Throughput>;

/** What happens to an identity that no profile has: fail the call, create a profile, or send without one. */
export const UnknownProfiles = z.enum(['refuse', 'create', 'send']);
export type UnknownProfiles = z.infer<typeof UnknownProfiles>;

/** What to do when a process died between hand-over and record: say `unknown`, or send again. */
export const UnknownOutcome = z.enum(['never-twice', 'never-lost']);
export type UnknownOutcome = z.infer<typeof UnknownOutcome>;

export const CampaignStatus = z.enum(['Draft', 'Scheduled', 'Live', 'Stopped', 'Completed', 'Archived']);
export type CampaignStatus = z.infer<typeof CampaignStatus>;

/** ISO 8601 with a zone, as every instant on the wire. */
export const Instant = z.iso.datetime({ offset: true });

export const JsonObject = z.record(z.string(), z.unknown());
export type JsonObject = z.infer<typeof JsonObject>;

export const Consents = z.record(z.string(), z.enum(['y', 'n']));
export type Consents = z.infer<typeof Consents>;
