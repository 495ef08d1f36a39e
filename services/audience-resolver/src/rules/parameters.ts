/** The values of one statement. Whatever comes from outside becomes one of them, and never a part of its text. */
export class Parameters {
  readonly values: unknown[] = [];

  /** @returns the placeholder, e.g. `$3::text` */
  add(value: unknown, type: 'text' | 'text[]' | 'jsonb' | 'jsonb[]' | 'numeric' | 'timestamptz' | 'bigint' | 'integer' | 'uuid'): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}
