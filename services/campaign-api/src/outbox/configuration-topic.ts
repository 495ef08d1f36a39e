import { Injectable } from '@nestjs/common';
import { ConfigurationChanged } from '@postrider/contracts';
import { KafkaConnection } from '@postrider/kafka';
import { DependencyUnavailable } from '@postrider/runtime';

/** The topic that carries the configuration, as the broker has it. */
@Injectable()
export class ConfigurationTopic {
  constructor(private readonly connection: KafkaConnection) {}

  /**
   * Whether it holds no record.
   * @throws DependencyUnavailable when the broker does not say
   */
  async isEmpty(): Promise<boolean> {
    const admin = this.connection.kafka.admin();
    try {
      await admin.connect();
      const partitions = await admin.fetchTopicOffsets(this.connection.named(ConfigurationChanged.topic));
      return partitions.every(({ low, high }) => low === high);
    } catch (error) {
      throw new DependencyUnavailable('kafka', error);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}
