import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type Repository } from 'typeorm';
import {
  SECRET_PURPOSE, type ChannelConfigurationInfo, type ChannelConfigurationInput, type ChannelConfigurationPatch, type ChannelVerification,
  type Page, type PageQuery,
} from '@postrider/contracts';
import { InjectRepository } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { SecretSealer } from '@postrider/secrets';
import { isInUse } from '../campaigns/campaigns-in-use.js';
import { Answered } from '../edge/answered.js';
import { decodeCursor, pageFrom, UUID_POSITION } from '../edge/cursor.js';
import { Conflict, NotFound, requireRevision } from '../edge/edge.errors.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { ChannelConfigurationRow } from './channel-configuration.entity.js';
import { configurationOfChannel, infoOfChannel, sealedSettings } from './email-settings.js';
import { verifySmtp } from './smtp-verification.js';

@Injectable()
export class ChannelConfigurationService {
  constructor(
    private readonly dataSource: DataSource,
    @InjectRepository(ChannelConfigurationRow) private readonly configurations: Repository<ChannelConfigurationRow>,
    private readonly sealer: SecretSealer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(tenantId: string, input: ChannelConfigurationInput): Promise<Answered> {
    const now = this.clock.now();
    const email = sealedSettings(input.email, undefined, tenantId, this.sealer);
    const row = { ...input, email, id: randomUUIDv7(), tenantId, revision: 1, createdAt: now, updatedAt: now };
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(ChannelConfigurationRow, row);
      await putIntoOutbox(manager, [configurationOfChannel(row)]);
    });
    return answerOf(row);
  }

  async list(tenantId: string, { limit, cursor }: PageQuery): Promise<Page<ChannelConfigurationInfo>> {
    const after = decodeCursor(cursor, UUID_POSITION);
    const query = this.configurations.createQueryBuilder('c').where('c.tenantId = :tenantId', { tenantId }).orderBy('c.id', 'DESC').limit(limit + 1);
    if (after) query.andWhere('c.id < :id', { id: after[0] });
    return pageFrom(await query.getMany(), limit, infoOfChannel, (row) => [row.id]);
  }

  async get(tenantId: string, id: string): Promise<Answered> {
    return answerOf(found(await this.configurations.findOneBy({ tenantId, id })));
  }

  async edit(tenantId: string, id: string, patch: ChannelConfigurationPatch, revision: number | undefined): Promise<Answered> {
    return this.dataSource.transaction(async (manager) => {
      const row = await lock(manager, tenantId, id);
      requireRevision(revision, row.revision);
      const email = patch.email ? sealedSettings(patch.email, row.email, tenantId, this.sealer) : row.email;
      const edited = { ...row, name: patch.name ?? row.name, email, revision: row.revision + 1, updatedAt: this.clock.now() };
      await manager.save(ChannelConfigurationRow, edited);
      await putIntoOutbox(manager, [configurationOfChannel(edited)]);
      return answerOf(edited);
    });
  }

  /** @throws Conflict while a live or scheduled campaign sends by it */
  async remove(tenantId: string, id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await lock(manager, tenantId, id);
      if (await isInUse(manager, tenantId, id)) throw new Conflict('A live or scheduled campaign sends by this configuration.');
      await manager.delete(ChannelConfigurationRow, { tenantId, id });
      await putIntoOutbox(manager, [{ removed: 'channel-configuration', id }]);
    });
  }

  async verify(tenantId: string, id: string): Promise<ChannelVerification> {
    const row = found(await this.configurations.findOneBy({ tenantId, id }));
    const { sealedPassword, ...server } = row.email.provider;
    const password = sealedPassword === null ? null : this.sealer.open(sealedPassword, { tenantId, purpose: SECRET_PURPOSE.smtpPassword });
    return verifySmtp({ ...server, password });
  }
}

async function lock(manager: EntityManager, tenantId: string, id: string): Promise<ChannelConfigurationRow> {
  return found(await manager.findOne(ChannelConfigurationRow, { where: { tenantId, id }, lock: { mode: 'pessimistic_write' } }));
}

function found(row: ChannelConfigurationRow | null): ChannelConfigurationRow {
  if (!row) throw new NotFound('channel configuration');
  return row;
}

const answerOf = (row: ChannelConfigurationRow): Answered => new Answered(infoOfChannel(row), { revision: row.revision });
