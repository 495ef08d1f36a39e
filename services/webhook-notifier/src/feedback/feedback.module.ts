import { Module, type DynamicModule } from '@nestjs/common';
import { FeedbackService } from './feedback.service.js';
import { StatusChangedHandler } from './status-changed.handler.js';

@Module({ controllers: [StatusChangedHandler], providers: [FeedbackService] })
export class FeedbackModule {
  static with(imports: DynamicModule[]): DynamicModule {
    return { module: FeedbackModule, imports };
  }
}
