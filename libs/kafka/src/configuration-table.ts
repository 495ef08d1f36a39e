import { configurationKeyOf, type Configuration, type ConfigurationChanged, type ConfigurationKind, type ConfigurationOf } from '@postrider/contracts';
import type { GlobalTable } from './global-table.js';

export interface ConfigurationChange {
  kind: ConfigurationKind;
  id: string;
  /** Undefined when the thing is gone. */
  value: Configuration | undefined;
}

/** Everything that administrators edit, as it is now. Complete before the process is given work. */
export class ConfigurationTable {
  /** Built when they are asked for, and again after a change. */
  private readonly lists = new Map<ConfigurationKind, Configuration[]>();

  constructor(private readonly table: GlobalTable<typeof ConfigurationChanged>) {
    table.onChange(({ key }) => this.lists.delete(kindAndIdOf(key).kind));
  }

  get<Kind extends ConfigurationKind>(kind: Kind, id: string): ConfigurationOf<Kind> | undefined {
    return this.table.get(configurationKeyOf(kind, id)) as ConfigurationOf<Kind> | undefined;
  }

  /** A list of the caller's own. */
  all<Kind extends ConfigurationKind>(kind: Kind): ConfigurationOf<Kind>[] {
    let list = this.lists.get(kind);
    if (!list) {
      list = [...this.table.values()].filter((value) => value.kind === kind);
      this.lists.set(kind, list);
    }
    return [...list] as ConfigurationOf<Kind>[];
  }

  /** Told of each change after the start, when `get` and `all` show it already. */
  onChange(listener: (change: ConfigurationChange) => void): void {
    this.table.onChange(({ key, value }) => listener({ ...kindAndIdOf(key), value }));
  }
}

/** The reverse of `configurationKeyOf`; an id may hold colons. */
function kindAndIdOf(key: string): { kind: ConfigurationKind; id: string } {
  const colon = key.indexOf(':');
  return { kind: key.slice(0, colon) as ConfigurationKind, id: key.slice(colon + 1) };
}
