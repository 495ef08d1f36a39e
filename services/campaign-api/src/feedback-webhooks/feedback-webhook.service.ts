import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type Repository } from 'typeorm';
import type { FeedbackWebhook, FeedbackWebhookInput, FeedbackWebhookPatch, Page, PageQuery } from '@postrider/contracts';
import { InjectRepository } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { SecretSealer } from '@postrider/secrets';
import { Answered } from '../edge/answered.js';
import { decodeCursor, pageFrom, UUID_POSITION } from '../edge/cursor.js';
import { InvalidBody, NotFound, requireRevision } from '../edge/edge.errors.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { endpointFaults } from './endpoint-faults.js';
import { FeedbackWebhookRow } from './feedback-webhook.entity.js';
import { configurationOfWebhook, webhookOf } from './webhook-answers.js';
import { newWebhookSecret, sealHeaders, sealSecret } from './webhook-secrets.js';

/** Whether endpoints may be plain HTTP: an operator's setting. */
export const ALLOW_HTTP = Symbol('AllowHttp');

const SECRETS_AT_ONCE = 2;

@Injectable()
export class FeedbackWebhookService {
  constructor(
    private readonly dataSource: DataSource,
    @InjectRepository(FeedbackWebhookRow) private readonly webhooks: Repository<FeedbackWebhookRow>,
    private readonly sealer: SecretSealer,
    @Inject(ALLOW_HTTP) private readonly allowHttp: boolean,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(tenantId: string, input: FeedbackWebhookInput): Promise<Answered> {
    this.check(input);
    const now = this.clock.now();
    const secret = newWebhookSecret();
    const { name, channels, url, enabled, headers } = input;
    const row: FeedbackWebhookRow = {
      id: randomUUIDv7(), tenantId, name, channels, url, enabled, revision: 1, createdAt: now, updatedAt: now,
      headerNames: Object.keys(headers), sealedHeaders: sealHeaders(this.sealer, tenantId, headers), sealedSecrets: [sealSecret(this.sealer, tenantId, secret)],
    };
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(FeedbackWebhookRow, row);
      await putIntoOutbox(manager, [configurationOfWebhook(row)]);
    });
    return new Answered({ ...webhookOf(row), secret }, { revision: row.revision });
  }

  async list(tenantId: string, { limit, cursor }: PageQuery): Promise<Page<FeedbackWebhook>> {
    const after = decodeCursor(cursor, UUID_POSITION);
    const query = this.webhooks.createQueryBuilder('w').where('w.tenantId = :tenantId', { tenantId }).orderBy('w.id', 'DESC').limit(limit + 1);
    if (after) query.andWhere('w.id < :id', { id: after[0] });
    return pageFrom(await query.getMany(), limit, webhookOf, (row) => [row.id]);
  }

  async get(tenantId: string, id: string): Promise<Answered> {
    return answerOf(await this.find(tenantId, id));
  }

  /** @throws NotFound, also for another tenant's */
  async find(tenantId: string, id: string): Promise<FeedbackWebhookRow> {
    return found(await this.webhooks.findOneBy({ tenantId, id }));
  }

  /** @throws InvalidBody also where the address changes and the headers are not given again: they may be secrets of the old one */
  async edit(tenantId: string, id: string, patch: FeedbackWebhookPatch, revision: number | undefined): Promise<Answered> {
    this.check(patch);
    return this.change(tenantId, id, revision, (row) => {
      const { name = row.name, channels = row.channels, url = row.url, enabled = row.enabled, headers } = patch;
      if (!headers && row.headerNames.length > 0 && new URL(url).origin !== new URL(row.url).origin) {
        throw new InvalidBody([{ path: '/headers', code: 'REQUIRED', message: 'Give the headers again: the server changes.' }]);
      }
      const sealed = headers && { headerNames: Object.keys(headers), sealedHeaders: sealHeaders(this.sealer, tenantId, headers) };
      return { ...row, name, channels, url, enabled, ...sealed };
    });
  }

  /** The new secret signs from now on; the one before it does too, until the next rotation. */
  async rotate(tenantId: string, id: string): Promise<Answered> {
    const secret = newWebhookSecret();
    const { body, init } = await this.change(tenantId, id, undefined, (row) => {
      const sealedSecrets = [sealSecret(this.sealer, tenantId, secret), ...row.sealedSecrets].slice(0, SECRETS_AT_ONCE);
      return { ...row, sealedSecrets };
    });
    return new Answered({ ...(body as FeedbackWebhook), secret }, init);
  }

  async remove(tenantId: string, id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await lock(manager, tenantId, id);
      await manager.delete(FeedbackWebhookRow, { tenantId, id });
      await putIntoOutbox(manager, [{ removed: 'webhook-endpoint', id }]);
    });
  }

  private check(input: FeedbackWebhookPatch): void {
    const faults = endpointFaults(input, this.allowHttp);
    if (faults.length > 0) throw new InvalidBody(faults);
  }

  private change(tenantId: string, id: string, revision: number | undefined, edit: (row: FeedbackWebhookRow) => FeedbackWebhookRow): Promise<Answered> {
    return this.dataSource.transaction(async (manager) => {
      const row = await lock(manager, tenantId, id);
      requireRevision(revision, row.revision);
      const edited = { ...edit(row), revision: row.revision + 1, updatedAt: this.clock.now() };
      await manager.save(FeedbackWebhookRow, edited);
      await putIntoOutbox(manager, [configurationOfWebhook(edited)]);
      return answerOf(edited);
    });
  }
}

async function lock(manager: EntityManager, tenantId: string, id: string): Promise<FeedbackWebhookRow> {
  return found(await manager.findOne(FeedbackWebhookRow, { where: { tenantId, id }, lock: { mode: 'pessimistic_write' } }));
}

function found(row: FeedbackWebhookRow | null): FeedbackWebhookRow {
  if (!row) throw new NotFound('feedback webhook');
  return row;
}

const answerOf = (row: FeedbackWebhookRow): Answered => new Answered(webhookOf(row), { revision: row.revision });
