import { Module } from '@nestjs/common';
import { DatabaseModule } from '@postrider/database';
import { OrganizationController } from './organization.controller.js';
import { OrganizationService } from './organization.service.js';
import { SandboxController } from './sandbox.controller.js';
import { SandboxRow } from './sandbox.entity.js';
import { SandboxService } from './sandbox.service.js';

@Module({
  imports: [DatabaseModule.repositories(SandboxRow)],
  controllers: [SandboxController, OrganizationController],
  providers: [SandboxService, OrganizationService],
})
export class SandboxesModule {}
