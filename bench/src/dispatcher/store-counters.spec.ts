import { describe, expect, it } from '@jest/globals';
import { between, parseRedis } from './store-counters.js';

const INFO = '# Stats\r\ntotal_commands_processed:90\r\ntotal_reads_processed:12\r\ntotal_writes_processed:11\r\n\r\n# Commandstats\r\ncmdstat_evalsha:calls=40,usec=9\r\ncmdstat_client|setinfo:calls=2,usec=1\r\n';

describe(parseRedis.name, () => {
  it('reads answers and calls by command', () => {
    expect(parseRedis(INFO)).toEqual({ roundTrips: 11, commands: { evalsha: 40, 'client|setinfo': 2 } });
  });
});

describe(between.name, () => {
  it('leaves the reading itself out', () => {
    const before = { writes: 100, commits: 500, roundTrips: 10, commands: { evalsha: 40, info: 1 } };
    const after = { writes: 120, commits: 561, roundTrips: 31, commands: { evalsha: 60, info: 2, set: 3 } };

    expect(between(before, after)).toEqual({ writes: 20, commits: 60, roundTrips: 20, commands: { evalsha: 20, set: 3 } });
  });
});
