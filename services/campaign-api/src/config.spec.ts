import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { namesInEnvFile, parseConfig } from '@postrider/runtime';
import { configSchema, firstTenantOf } from './config.js';

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');

describe('the settings of campaign-api', () => {
  it('are those of .env.example', () => {
    expect(namesInEnvFile(example)).toEqual(Object.keys(configSchema.shape).sort());
  });

  it('are read from what .env.example says', () => {
    const config = parseConfig(configSchema, parseEnv(example));

    expect(config).toMatchObject({ KAFKA_BROKERS: ['127.0.0.1:9092'], WEBHOOK_ALLOW_HTTP: false });
    expect(firstTenantOf(config)).toBeUndefined();
  });

  it('name a first tenant only when all of it is given', () => {
    const config = parseConfig(configSchema, {
      ...parseEnv(example), BOOTSTRAP_ORG_ID: 'acme', BOOTSTRAP_SANDBOX: 'prod', BOOTSTRAP_API_KEY: 'first-key', BOOTSTRAP_TOKEN: 'a-token-of-at-least-24-characters',
    });

    expect(firstTenantOf(config)).toEqual({ orgId: 'acme', sandbox: 'prod', defaultRegion: 'US', apiKey: 'first-key', token: 'a-token-of-at-least-24-characters' });
  });
});
