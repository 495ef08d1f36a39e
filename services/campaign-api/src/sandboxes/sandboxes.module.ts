import { Module } from '@nestjs/common';
import { DatabaseModule } from '@postrider/database';
import { SandboxController } from './sandbox.controller.js';
import { SandboxRow } from './sandbox.entity.js';
import { SandboxService } from './sandbox.service.js';

@Module({ imports: [DatabaseModule.repositories(SandboxRow)], controllers: [SandboxController], providers: [SandboxService] })
export class SandboxesModule {}
