import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { namesInEnvFile, parseConfig } from '@postrider/runtime';
import { configSchema } from './config.js';

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');

describe('the settings of profile-creator', () => {
  it('are those of .env.example', () => {
    expect(namesInEnvFile(example)).toEqual(Object.keys(configSchema.shape).sort());
  });

  it('are read from what .env.example says', () => {
    const config = parseConfig(configSchema, parseEnv(example));

    expect(config).toMatchObject({ KAFKA_BROKERS: ['127.0.0.1:9092'], HTTP_HOST: '127.0.0.1' });
  });
});
