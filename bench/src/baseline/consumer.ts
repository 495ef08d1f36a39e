import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { Redis } from 'ioredis';
import { Liquid } from 'liquidjs';
import { createTransport } from 'nodemailer';
import { DataSource } from 'typeorm';
import { messageB } from '../load/message-b.js';
import { endWithParent } from '../measure/with-parent.js';
import { Delivery, Profile } from './delivery.entity.js';
import { BASELINE_TOPIC, baselineSettings, type BaselineMessage } from './settings.js';

const settings = baselineSettings();
const redis = new Redis(settings.redisUrl);
const database = await new DataSource({ type: 'postgres', url: settings.postgresUrl, entities: [Delivery, Profile], synchronize: true }).initialize();
const mailer = createTransport({ host: '127.0.0.1', port: settings.smtpPort, pool: true, maxConnections: 8, maxMessages: Infinity, ignoreTLS: true });
const liquid = new Liquid({ outputEscape: 'escape' });
const templates = { subject: liquid.parse(messageB.subject), html: liquid.parse(messageB.html), text: liquid.parse(messageB.text) };
const LOCK_MS = 60_000;

@Controller()
class SendController {
  @EventPattern(BASELINE_TOPIC)
  async send(@Payload() message: BaselineMessage): Promise<void> {
    const isFirst = await redis.set(`baseline:${message.messageId}`, '1', 'PX', LOCK_MS, 'NX');
    if (isFirst === null) return;
    const deliveries = database.getRepository(Delivery);
    const profile = await database.getRepository(Profile).findOneBy({ userId: message.userId });
    await deliveries.save({ messageId: message.messageId, requestId: message.requestId, userId: message.userId, state: 'sending' });
    const scope = { profile: profile?.attributes ?? {}, context: message.context };
    await mailer.sendMail({
      from: 'orders@bench.test',
      to: message.userId,
      messageId: `<${message.messageId}@bench.test>`,
      subject: (await liquid.render(templates.subject, scope)) as string,
      html: (await liquid.render(templates.html, scope)) as string,
      text: (await liquid.render(templates.text, scope)) as string,
    });
    await deliveries.save({ messageId: message.messageId, requestId: message.requestId, userId: message.userId, state: 'sent' });
  }
}

@Module({ controllers: [SendController] })
class ConsumerModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(ConsumerModule, {
  transport: Transport.KAFKA,
  options: { client: { brokers: settings.kafkaBrokers }, consumer: { groupId: 'bench-baseline' }, run: { partitionsConsumedConcurrently: 12 } },
  logger: ['error'],
});
await app.listen();
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
endWithParent(() => void app.close().finally(() => process.exit(0)));
