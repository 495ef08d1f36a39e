import { Module, type DynamicModule } from '@nestjs/common';
import { SecretSealer } from '@postrider/secrets';
import { EndpointConditions } from './endpoint-conditions.js';
import { EndpointDirectory } from './endpoint-directory.js';

@Module({})
export class EndpointsModule {
  static with(sealingKeys: string, imports: DynamicModule[]): DynamicModule {
    return {
      module: EndpointsModule,
      imports,
      providers: [{ provide: SecretSealer, useFactory: () => new SecretSealer(sealingKeys) }, EndpointDirectory, EndpointConditions],
      exports: [EndpointDirectory, EndpointConditions],
    };
  }
}
