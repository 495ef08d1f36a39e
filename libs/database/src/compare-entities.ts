import type { DataSource, EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { Sql } from './sql.js';

interface ActualColumn {
  name: string;
  type: string;
  nullable: boolean;
}
interface ActualIndex {
  name: string;
  unique: boolean;
  primary: boolean;
  columns: string[];
}

/**
 * For tests: what differs between the entities and the migrated schema, a sentence each; empty when nothing does.
 * Compared both ways: columns with type and nullability, the primary key, names, columns and uniqueness of indexes.
 * An index on an expression is declared as `@Index('name', { synchronize: false })`.
 */
export async function compareEntities(dataSource: DataSource): Promise<string[]> {
  const sql = Sql.of(dataSource);
  const differences = await Promise.all(dataSource.entityMetadatas.map((entity) => compareEntity(sql, dataSource, entity)));
  return differences.flat();
}

async function compareEntity(sql: Sql, dataSource: DataSource, entity: EntityMetadata): Promise<string[]> {
  const actual = await columnsIn(sql, entity.tablePath);
  if (actual.length === 0) return [`${entity.tablePath} does not exist`];
  const columns = compareColumns(dataSource, entity.columns, actual);
  const indexes = entity.tableType === 'view' ? [] : compareIndexes(entity, await indexesOf(sql, entity.tablePath));
  return [...columns, ...indexes].map((difference) => `${entity.tablePath}: ${difference}`);
}

function compareColumns(dataSource: DataSource, declared: readonly ColumnMetadata[], actual: readonly ActualColumn[]): string[] {
  const found = new Map(actual.map((column) => [column.name, column]));
  const names = new Set(declared.map((column) => column.databaseName));
  return [
    ...declared.flatMap((column) => compareColumn(dataSource, column, found.get(column.databaseName))),
    ...actual.filter(({ name }) => !names.has(name)).map(({ name }) => `column ${name} is not in the entity`),
  ];
}

function compareColumn(dataSource: DataSource, column: ColumnMetadata, actual: ActualColumn | undefined): string[] {
  const name = column.databaseName;
  if (!actual) return [`column ${name} is not in the table`];
  const type = typeOf(dataSource, column);
  return [
    ...(actual.type === type ? [] : [`column ${name} is ${actual.type}, the entity says ${type}`]),
    ...(actual.nullable === column.isNullable ? [] : [`column ${name} is ${actual.nullable ? '' : 'not '}nullable, the entity says otherwise`]),
  ];
}

function typeOf(dataSource: DataSource, column: ColumnMetadata): string {
  const base = dataSource.driver.normalizeType(column);
  const size = column.length || (column.precision ?? '');
  const scale = column.scale === undefined ? '' : `,${column.scale}`;
  return `${size === '' ? base : `${base}(${size}${scale})`}${column.isArray ? '[]' : ''}`;
}

function compareIndexes(entity: EntityMetadata, actual: readonly ActualIndex[]): string[] {
  const declared = declaredIndexes(entity);
  const found = new Map(actual.map((index) => [index.name, index]));
  const key = actual.find((index) => index.primary)?.columns ?? [];
  const primary = entity.primaryColumns.map((column) => column.databaseName);
  return [
    ...(sameSet(primary, key) ? [] : [`the primary key is (${key.join(', ')}), the entity says (${primary.join(', ')})`]),
    ...[...declared].flatMap(([name, index]) => compareIndex(name, index, found.get(name))),
    ...actual.filter((index) => !index.primary && !declared.has(index.name)).map(({ name }) => `index ${name} is not in the entity`),
  ];
}

interface DeclaredIndex {
  columns: string[];
  unique: boolean;
  /** False for one that the entity only names. */
  known: boolean;
}

function declaredIndexes(entity: EntityMetadata): Map<string, DeclaredIndex> {
  const indexes = entity.indices.map((index) => {
    const columns = index.columns.map((column) => column.databaseName);
    return [index.name, { columns, unique: index.isUnique, known: index.synchronize !== false }] as const;
  });
  const uniques = entity.uniques.map((unique) => {
    return [unique.name, { columns: unique.columns.map((column) => column.databaseName), unique: true, known: true }] as const;
  });
  return new Map([...indexes, ...uniques]);
}

function compareIndex(name: string, declared: DeclaredIndex, actual: ActualIndex | undefined): string[] {
  if (!actual) return [`index ${name} is not in the table`];
  if (!declared.known) return [];
  const same = actual.unique === declared.unique && actual.columns.join() === declared.columns.join();
  return same ? [] : [`index ${name} is ${describe(actual)}, the entity says ${describe(declared)}`];
}

const describe = (index: { unique: boolean; columns: string[] }): string => `${index.unique ? 'unique ' : ''}(${index.columns.join(', ')})`;

const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((name) => b.includes(name));

function columnsIn(sql: Sql, table: string): Promise<ActualColumn[]> {
  return sql.query<ActualColumn>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable
       FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  );
}

/** Expressions have no column; those indexes show the columns they do have. */
function indexesOf(sql: Sql, table: string): Promise<ActualIndex[]> {
  return sql.query<ActualIndex>(
    `SELECT c.relname AS name, i.indisunique AS "unique", i.indisprimary AS "primary",
            ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, position)
                    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                   WHERE k.position <= i.indnkeyatts ORDER BY k.position) AS columns
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = to_regclass($1)`,
    [table],
  );
}
