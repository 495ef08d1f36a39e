import { loadConfig, startService } from '@postrider/runtime';
import { AppModule } from './app.module.js';
import { configSchema } from './config.js';

await startService(AppModule.with(loadConfig(configSchema, process.env)));
