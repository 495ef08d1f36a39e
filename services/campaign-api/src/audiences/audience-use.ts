import type { Fault, Shield } from '@postrider/contracts';
import type { AudienceRow } from './audience.entity.js';

const SHIELD_FAULTS: Readonly<Record<Shield, Omit<Fault, 'path'>>> = {
  healthcare: { code: 'HEALTHCARE_SHIELD', message: 'Under the Healthcare Shield, composition audiences may not be used.' },
  'privacy-and-security': { code: 'PRIVACY_SECURITY_SHIELD', message: 'Under the Privacy and Security Shield, composition audiences may not be used.' },
};

/** What keeps an audience from being sent to, as faults at this path. */
export function useFaults(audience: Pick<AudienceRow, 'source' | 'published'> | undefined, shields: readonly Shield[], path: string): Fault[] {
  if (!audience) return [{ path, code: 'UNKNOWN', message: 'There is no such audience.' }];
  const forbidden = audience.source === 'composition' ? shields.map((shield) => ({ path, ...SHIELD_FAULTS[shield] })) : [];
  return audience.published ? forbidden : [...forbidden, { path, code: 'AUDIENCE_NOT_PUBLISHED', message: 'The audience is a draft: publish it first.' }];
}
