import { Injectable } from '@nestjs/common';
import { variablesOf } from '@postrider/content';
import type { CampaignVersion } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';

/** Which attributes the content of a campaign's version can use: the next hop carries no others. */
@Injectable()
export class NeededAttributes {
  private readonly byVersion = new Map<string, readonly string[] | undefined>();

  constructor(private readonly table: ConfigurationTable) {
    table.onChange(({ kind, id }) => {
      if (kind === 'campaign-version') this.byVersion.delete(id);
    });
  }

  /** Names that attributes may have; undefined (all of them) where the content does not tell. */
  of(versionId: string): readonly string[] | undefined {
    if (this.byVersion.has(versionId)) return this.byVersion.get(versionId);
    const version = this.table.get('campaign-version', versionId);
    // Not known yet: nothing is remembered, so that the next batch asks again.
    if (!version) return undefined;
    const names = attributesIn(version.content);
    this.byVersion.set(versionId, names);
    return names;
  }
}

/** What stands in a path for the profile as a whole, and for a name known only when rendering. */
const ANY_NAME = new Set(['', '*']);

/** Undefined where templates may use any attribute, or do not parse: rendering then says what is wrong. */
function attributesIn(content: CampaignVersion['content']): readonly string[] | undefined {
  try {
    const names = new Set(variablesOf(content).profile.flatMap(possibleNames));
    return [...ANY_NAME].some((any) => names.has(any)) ? undefined : [...names].filter((name) => name !== '__proto__');
  } catch {
    return undefined;
  }
}

/** `a.b` is the member `b` of the attribute `a`, or an attribute whose name has a dot. */
function possibleNames(path: string): string[] {
  const segments = path.split('.');
  return segments.map((_, index) => segments.slice(0, index + 1).join('.'));
}
