import type { CampaignKind, Fault, Throughput } from '@postrider/contracts';

/** The fields of a version that not every kind of campaign has. */
export interface KindFields {
  throughput?: Throughput;
  audienceId?: string | null;
  sendRatePerSecond?: number | null;
  enableWebhooks?: boolean;
}

/** Fields that belong to campaigns of the other kind; a field that is left out, or at its default, belongs to both. */
export function kindFaults(kind: CampaignKind, { throughput, audienceId, sendRatePerSecond, enableWebhooks }: KindFields): Fault[] {
  if (kind === 'transactional') {
    return [
      ...(audienceId == null ? [] : [marketingOnly('/audience/audienceId', 'A transactional campaign gets its recipients in the call: it has no audience.')]),
      ...(sendRatePerSecond == null ? [] : [marketingOnly('/sendRatePerSecond', 'A transactional campaign sends at once: it has no send rate.')]),
    ];
  }
  return [
    ...(throughput === 'high' ? [transactionalOnly('/throughput', 'High throughput is for transactional campaigns.')] : []),
    ...(enableWebhooks ? [transactionalOnly('/audience/enableWebhooks', 'Feedback webhooks are for transactional campaigns.')] : []),
  ];
}

const marketingOnly = (path: string, message: string): Fault => ({ path, code: 'MARKETING_ONLY', message });
const transactionalOnly = (path: string, message: string): Fault => ({ path, code: 'TRANSACTIONAL_ONLY', message });
