import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, describeConfig, namesInEnvFile, parseConfig, runtimeEnv } from './config.js';

const schema = z.object({ ...runtimeEnv, INTERNAL_TOKEN: z.string().min(16) });

describe(parseConfig.name, () => {
  it('reads values, fills defaults and freezes the result', () => {
    const config = parseConfig(schema, { HTTP_PORT: '8080', INTERNAL_TOKEN: 'a'.repeat(16), LOG_LEVEL: '' });

    expect(config).toMatchObject({ HTTP_PORT: 8080, HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'info', POSTRIDER_MODE: 'production' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every fault at once', () => {
    const attempt = (): unknown => parseConfig(schema, { HTTP_PORT: 'eighty', LOG_LEVEL: 'loud' });

    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(/HTTP_PORT.*\n.*LOG_LEVEL.*\n.*INTERNAL_TOKEN/);
  });
});

describe(describeConfig.name, () => {
  it('shows of secrets and of URLs only whether they are set', () => {
    const shown = describeConfig({ HTTP_PORT: 1, POSTGRES_URL: 'postgres://u:p@h/d', INTERNAL_TOKEN: undefined, SEALING_KEYS: 'k' });

    expect(shown).toEqual({ HTTP_PORT: 1, POSTGRES_URL: 'set', INTERNAL_TOKEN: 'unset', SEALING_KEYS: 'set' });
  });
});

describe(namesInEnvFile.name, () => {
  it('finds the variables of an example file, also those commented out', () => {
    const names = namesInEnvFile('# The port.\nHTTP_PORT=8080\n#LOG_LEVEL=info\n\n# Lower=case is prose\n');

    expect(names).toEqual(['HTTP_PORT', 'LOG_LEVEL']);
  });
});
