import type { ConfigurationChanged} from '@postrider/contracts';
import { configurationKeyOf, type Configuration, type ConfigurationKind, type ConfigurationOf } from '@postrider/contracts';
import type { GlobalTable } from './global-table.js';

export interface ConfigurationChange {
  kind: ConfigurationKind;
  id: string;
  /** Undefined when the thing is gone. */
  value: Configuration | undefined;
}

/** Everything that administrators edit, as it is now. Complete before the process is given work. */
export class ConfigurationTable {
  constructor(private readonly table: GlobalTable<typeof ConfigurationChanged>) {}

  get<Kind extends ConfigurationKind>(kind: Kind, id: string): ConfigurationOf<Kind> | undefined {
    return this.table.get(configurationKeyOf(kind, id)) as ConfigurationOf<Kind> | undefined;
  }

  all<Kind extends ConfigurationKind>(kind: Kind): ConfigurationOf<Kind>[] {
    return [...this.table.values()].filter((value): value is ConfigurationOf<Kind> => value.kind === kind);
  }

  onChange(listener: (change: ConfigurationChange) => void): void {
    this.table.onChange(({ key, value }) => {
      const colon = key.indexOf(':');
      listener({ kind: key.slice(0, colon) as ConfigurationKind, id: key.slice(colon + 1), value });
    });
  }
}
