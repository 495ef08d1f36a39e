import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SECRET_PURPOSE, type ChannelConfiguration } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, Metrics, type Clock } from '@postrider/runtime';
import { SecretSealer } from '@postrider/secrets';
import { SmtpPool } from '../smtp/smtp-pool.js';
import { Provider } from './provider.js';

/** A channel configuration with the provider that was opened for it; another configuration has another provider. */
export interface WayOut {
  configuration: ChannelConfiguration;
  provider: Provider;
}

/** The providers of the channel configurations in use; one that was edited gets a new one. */
@Injectable()
export class Providers implements OnApplicationShutdown {
  private readonly opened = new Map<string, WayOut>();

  constructor(
    private readonly configurations: ConfigurationTable,
    private readonly sealer: SecretSealer,
    @Inject(CLOCK) private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.gauge('dispatcher_breakers_open', 'Providers that nothing is sent to for a while', [], (gauge) =>
      gauge.set({}, [...this.opened.values()].filter(({ provider }) => provider.breaker.isOpen).length),
    );
  }

  /** Undefined when the configuration does not exist any more. */
  find(id: string): WayOut | undefined {
    const configuration = this.configurations.get('channel-configuration', id);
    if (!configuration) return undefined;
    const known = this.opened.get(id);
    if (known?.configuration === configuration) return known;
    known?.provider.close();
    const opened = { configuration, provider: this.open(configuration) };
    this.opened.set(id, opened);
    return opened;
  }

  onApplicationShutdown(): void {
    for (const { provider } of this.opened.values()) provider.close();
  }

  private open({ tenantId, email: { provider: smtp } }: ChannelConfiguration): Provider {
    const { host, port, tls, username, sealedPassword, maxConnections, ratePerSecond } = smtp;
    const password = sealedPassword === null ? null : this.sealer.open(sealedPassword, { tenantId, purpose: SECRET_PURPOSE.smtpPassword });
    const pool = new SmtpPool({ settings: { host, port, tls, username, password }, hostname: hostname(), maxConnections });
    return new Provider(pool, { maxConnections, ratePerSecond }, this.clock);
  }
}
