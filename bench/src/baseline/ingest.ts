import 'reflect-metadata';
import { Body, Controller, HttpCode, Inject, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, ClientsModule, Transport } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { lastValueFrom } from 'rxjs';
import { endWithParent } from '../measure/with-parent.js';
import { BASELINE_TOPIC, baselineSettings, type BaselineMessage } from './settings.js';

interface Call {
  requestId: string;
  recipients: { userId: string; context: Record<string, unknown> }[];
}

const settings = baselineSettings();

@Controller()
class CallController {
  constructor(@Inject('KAFKA') private readonly kafka: ClientKafka) {}

  @Post('im/executions/unitary')
  @HttpCode(202)
  async take(@Body() call: Call): Promise<unknown> {
    const messages = call.recipients.map(
      (recipient, i): BaselineMessage => ({ ...recipient, requestId: call.requestId, messageId: `${call.requestId}-${i}` }),
    );
    await Promise.all(messages.map((message) => lastValueFrom(this.kafka.emit(BASELINE_TOPIC, { key: message.messageId, value: message }))));
    return { executionId: call.requestId, recipients: messages.map(({ messageId, userId }) => ({ messageId, userId })) };
  }
}

@Module({
  imports: [
    ClientsModule.register([
      { name: 'KAFKA', transport: Transport.KAFKA, options: { client: { brokers: settings.kafkaBrokers }, producerOnlyMode: true } },
    ]),
  ],
  controllers: [CallController],
})
class IngestModule {}

const app = await NestFactory.create<NestFastifyApplication>(IngestModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
process.stdout.write(`${JSON.stringify({ url: await app.getUrl() })}\n`);
endWithParent(() => void app.close().finally(() => process.exit(0)));
