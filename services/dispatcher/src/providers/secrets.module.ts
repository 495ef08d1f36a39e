import { Module, type DynamicModule } from '@nestjs/common';
import { SecretSealer } from '@postrider/secrets';

@Module({})
export class SecretsModule {
  static with(keys: string): DynamicModule {
    return { module: SecretsModule, global: true, providers: [{ provide: SecretSealer, useFactory: () => new SecretSealer(keys) }], exports: [SecretSealer] };
  }
}
