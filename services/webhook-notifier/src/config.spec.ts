import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { namesInEnvFile, parseConfig } from '@postrider/runtime';
import { configSchema } from './config.js';

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');

describe('the settings of webhook-notifier', () => {
  it('are those of .env.example', () => {
    expect(namesInEnvFile(example)).toEqual(Object.keys(configSchema.shape).sort());
  });

  it('are safe when nothing is said', () => {
    const config = parseConfig(configSchema, parseEnv(example));

    expect(config).toMatchObject({ WEBHOOK_ALLOW_PRIVATE_ADDRESSES: false, WEBHOOK_ALLOW_HTTP: false, WEBHOOK_ENDPOINT_CONCURRENCY: 20 });
  });

  it.each(['WEBHOOK_ALLOW_PRIVATE_ADDRESSES', 'WEBHOOK_ALLOW_HTTP'])('permit %s in the local mode alone', (name) => {
    const unsafe = { ...parseEnv(example), [name]: 'true' };

    expect(() => parseConfig(configSchema, unsafe)).toThrow(`${name}: is permitted with POSTRIDER_MODE=local alone`);
    expect(parseConfig(configSchema, { ...unsafe, POSTRIDER_MODE: 'local' })).toMatchObject({ [name]: true });
  });
});
