import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { namesInEnvFile, parseConfig } from '@postrider/runtime';
import { configSchema } from './config.js';

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');

describe('the settings of ingest-api', () => {
  it('are those of .env.example', () => {
    expect(namesInEnvFile(example)).toEqual(Object.keys(configSchema.shape).sort());
  });

  it('are read from what .env.example says', () => {
    expect(parseConfig(configSchema, parseEnv(example))).toMatchObject({ MAX_CALLS_IN_FLIGHT: 512, JWT_ISSUERS: [] });
  });
});
