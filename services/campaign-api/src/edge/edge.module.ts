import { Module, type DynamicModule } from '@nestjs/common';
import { TokenIssuers, type JwtIssuer } from '@postrider/auth';
import { AccessModule } from '../access/access.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';

/** What every controller of the administration API needs: who calls, and when an edit may be answered. */
@Module({})
export class EdgeModule {
  static register(issuers: readonly JwtIssuer[]): DynamicModule {
    return {
      module: EdgeModule,
      global: true,
      imports: [AccessModule, OutboxModule],
      providers: [{ provide: TokenIssuers, useValue: new TokenIssuers(issuers) }],
      exports: [TokenIssuers, AccessModule, OutboxModule],
    };
  }
}
