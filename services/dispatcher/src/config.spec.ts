import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { namesInEnvFile, parseConfig } from '@postrider/runtime';
import { configSchema } from './config.js';

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');

describe('the settings of dispatcher', () => {
  it('are those of .env.example', () => {
    expect(namesInEnvFile(example)).toEqual(Object.keys(configSchema.shape).sort());
  });

  it('refuse a fault point outside of local mode', () => {
    const env = { ...parseEnv(example), FAULT_POINT: 'after-intent' };

    expect(() => parseConfig(configSchema, env)).toThrow(/FAULT_POINT/);
    expect(parseConfig(configSchema, { ...env, POSTRIDER_MODE: 'local' }).FAULT_POINT).toBe('after-intent');
  });
});
