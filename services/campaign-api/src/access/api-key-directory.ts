import { Injectable } from '@nestjs/common';
import { IsNull, type Repository } from 'typeorm';
import type { KeyDirectory } from '@postrider/auth';
import type { ApiKey } from '@postrider/contracts';
import { InjectRepository } from '@postrider/database';
import { ApiKeyRow } from './api-key.entity.js';
import { configurationOfKey } from './key-configuration.js';

/** API keys as they are now: a revoked one is unknown at once. */
@Injectable()
export class ApiKeyDirectory implements KeyDirectory {
  constructor(@InjectRepository(ApiKeyRow) private readonly keys: Repository<ApiKeyRow>) {}

  async find(keyId: string): Promise<ApiKey | undefined> {
    const row = await this.keys.findOneBy({ id: keyId, revokedAt: IsNull() });
    return row ? configurationOfKey(row) : undefined;
  }
}
