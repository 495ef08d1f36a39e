import { Module } from '@nestjs/common';
import { ConfigurationTopic } from './configuration-topic.js';
import { OutboxRelay } from './outbox-relay.js';
import { RepublishController } from './republish.controller.js';

@Module({ controllers: [RepublishController], providers: [ConfigurationTopic, OutboxRelay], exports: [OutboxRelay] })
export class OutboxModule {}
