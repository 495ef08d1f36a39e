import { Module } from '@nestjs/common';
import { DatabaseModule } from '@postrider/database';
import { NamespaceController } from './namespace.controller.js';
import { NamespaceRow } from './namespace.entity.js';
import { NamespaceService } from './namespace.service.js';

@Module({ imports: [DatabaseModule.repositories(NamespaceRow)], controllers: [NamespaceController], providers: [NamespaceService] })
export class NamespacesModule {}
