/**
 * The services of the house and the schema whose role each logs in with, in the order in which they are migrated: the ledger
 * comes before ingest, whose view asks it.
 */
export const SCHEMAS = {
  'campaign-api': 'campaigns',
  dispatcher: 'delivery',
  'ingest-api': 'ingest',
  'audience-resolver': 'audiences',
  'profile-creator': 'profiles',
  'webhook-notifier': 'webhooks',
} as const;

export type ServiceName = keyof typeof SCHEMAS;
export const SERVICE_NAMES = Object.keys(SCHEMAS) as ServiceName[];
