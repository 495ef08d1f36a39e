import { Module } from '@nestjs/common';
import { ExecutionController } from './execution.controller.js';
import { ExecutionService } from './execution.service.js';

@Module({ controllers: [ExecutionController], providers: [ExecutionService] })
export class ExecutionsModule {}
