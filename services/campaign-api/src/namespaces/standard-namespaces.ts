import type { NamespaceType } from '@postrider/contracts';
import type { NamespaceRow } from './namespace.entity.js';

/** Symbol, name, type and number. Source: Adobe Experience Platform, "Identity namespace overview", standard namespaces. */
const STANDARD: readonly [symbol: string, name: string, type: NamespaceType, number: number][] = [
  ['ECID', 'Experience Cloud ID', 'Cookie', 4],
  ['Email', 'Email', 'Email', 6],
  ['Email_LC_SHA256', 'Email (SHA256, lowercased)', 'Email', 11],
  ['Phone', 'Phone', 'Phone', 7],
  ['Phone_E.164', 'Phone (E.164)', 'Phone', 14],
  ['Phone_SHA256', 'Phone (SHA256)', 'Phone', 15],
  ['Phone_SHA256_E.164', 'Phone (SHA256_E.164)', 'Phone', 16],
  ['IDFA', 'Apple ID for Advertisers', 'Device', 20_915],
  ['GAID', 'Google Ad ID', 'Device', 20_914],
];

/** What every sandbox has from the beginning. */
export function standardNamespaces(tenantId: string, createdAt: Date): NamespaceRow[] {
  return STANDARD.map(([symbol, name, type, number]) => ({
    tenantId, code: symbol.toLowerCase(), symbol, name, type, custom: false, number, revision: 1, createdAt,
  }));
}
