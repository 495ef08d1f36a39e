import { Module } from '@nestjs/common';
import { DatabaseModule } from '@postrider/database';
import { ApiKeyDirectory } from './api-key-directory.js';
import { ApiKeyController } from './api-key.controller.js';
import { ApiKeyRow } from './api-key.entity.js';
import { ApiKeyService } from './api-key.service.js';

@Module({
  imports: [DatabaseModule.repositories(ApiKeyRow)],
  controllers: [ApiKeyController],
  providers: [ApiKeyDirectory, ApiKeyService],
  exports: [ApiKeyDirectory],
})
export class AccessModule {}
