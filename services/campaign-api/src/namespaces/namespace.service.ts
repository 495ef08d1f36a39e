import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type Repository } from 'typeorm';
import type { Page, PageQuery, Namespace, NamespaceInput } from '@postrider/contracts';
import { InjectRepository, sqlStateOf } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { Answered } from '../edge/answered.js';
import { decodeCursor, pageFrom } from '../edge/cursor.js';
import { Conflict, NotFound, requireRevision } from '../edge/edge.errors.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { configurationOfNamespace } from './namespace-configuration.js';
import { NamespaceRow } from './namespace.entity.js';

const UNIQUE_VIOLATION = '23505';

@Injectable()
export class NamespaceService {
  constructor(
    private readonly dataSource: DataSource,
    @InjectRepository(NamespaceRow) private readonly namespaces: Repository<NamespaceRow>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Conflict when the symbol is taken, in whatever case */
  async create(tenantId: string, input: NamespaceInput): Promise<Answered> {
    const row = { ...input, tenantId, code: input.symbol.toLowerCase(), custom: true, number: null, revision: 1, createdAt: this.clock.now() };
    try {
      await this.dataSource.transaction(async (manager) => {
        await manager.insert(NamespaceRow, row);
        await putIntoOutbox(manager, [configurationOfNamespace(row)]);
      });
    } catch (error) {
      if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error;
      throw new Conflict('There is a namespace with this symbol.', [{ path: '/symbol', code: 'TAKEN', message: 'There is a namespace with this symbol.' }]);
    }
    return answerOf(row);
  }

  async list(tenantId: string, { limit, cursor }: PageQuery): Promise<Page<Namespace>> {
    const after = decodeCursor(cursor, [/^[a-z][a-z0-9_.-]{0,63}$/]);
    const query = this.namespaces.createQueryBuilder('n').where('n.tenantId = :tenantId', { tenantId }).orderBy('n.code').limit(limit + 1);
    if (after) query.andWhere('n.code > :code', { code: after[0] });
    return pageFrom(await query.getMany(), limit, namespaceOf, (row) => [row.code]);
  }

  async get(tenantId: string, symbol: string): Promise<Answered> {
    return answerOf(found(await this.namespaces.findOneBy({ tenantId, code: symbol.toLowerCase() })));
  }

  /** @throws Conflict for a standard namespace */
  async rename(tenantId: string, symbol: string, name: string, revision: number | undefined): Promise<Answered> {
    return this.dataSource.transaction(async (manager) => {
      const row = await lock(manager, tenantId, symbol);
      requireRevision(revision, row.revision);
      if (!row.custom) throw new Conflict('Standard namespaces do not change.');
      const renamed = { ...row, name, revision: row.revision + 1 };
      await manager.update(NamespaceRow, { tenantId, code: row.code }, { name, revision: renamed.revision });
      await putIntoOutbox(manager, [configurationOfNamespace(renamed)]);
      return answerOf(renamed);
    });
  }
}

async function lock(manager: EntityManager, tenantId: string, symbol: string): Promise<NamespaceRow> {
  return found(await manager.findOne(NamespaceRow, { where: { tenantId, code: symbol.toLowerCase() }, lock: { mode: 'pessimistic_write' } }));
}

function found(row: NamespaceRow | null): NamespaceRow {
  if (!row) throw new NotFound('namespace');
  return row;
}

const answerOf = (row: NamespaceRow): Answered => new Answered(namespaceOf(row), { revision: row.revision });

const namespaceOf = (row: NamespaceRow): Namespace => ({
  symbol: row.symbol, name: row.name, type: row.type, custom: row.custom, number: row.number, createdAt: row.createdAt.toISOString(),
});
