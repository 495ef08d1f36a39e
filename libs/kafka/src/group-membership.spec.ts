import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import kafkajs, { type Batch, type Cluster, type Logger } from 'kafkajs';
import { assignerWith, consumerGroupClass } from './group-membership.js';

const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string };

interface Group {
  memberId: string | null;
  retrier: (work: () => Promise<void>) => Promise<void>;
  joinAndSync: () => Promise<void>;
  fetch: (nodeId: string) => Promise<Batch[]>;
  recoverFromFetch: () => Promise<void>;
}

/** A group of kafkajs whose network is replaced: its join is `join`, and its fetch fails and recovers. */
function aGroup(assigner: object, join: (group: Group) => void): Group {
  const logger = { namespace: () => logger, info: () => undefined, warn: () => undefined, debug: () => undefined };
  const ConsumerGroup = consumerGroupClass() as unknown as new (options: object) => Group;
  const group = new ConsumerGroup({ logger, topics: [], assigners: [assigner], retry: {}, cluster: {} });
  group.retrier = async () => join(group);
  group.recoverFromFetch = async () => undefined;
  return group;
}

describe(assignerWith.name, () => {
  const config = { groupId: 'g', cluster: {} as Cluster, logger: {} as Logger };

  it('knows this version of kafkajs; with another, read its consumer group again', () => {
    expect(version).toBe('2.2.4');
    expect(aGroup({}, () => undefined)).toMatchObject({ assigners: [{}], memberId: null });
  });

  it('assigns round robin', () => {
    const assigner = assignerWith({ beforeJoin: async () => undefined, beforeFetch: () => () => undefined })(config);

    expect(assigner.name).toBe(kafkajs.PartitionAssigners.roundRobin(config).name);
    expect(assigner.protocol({ topics: ['t'] }).metadata).toBeInstanceOf(Buffer);
  });

  it('tells of a join before it, and of a fetch before and after it', async () => {
    const story: string[] = [];
    const assigner = assignerWith({
      beforeJoin: async () => void story.push('before join'),
      beforeFetch: () => {
        story.push('before fetch');
        return (batches) => void story.push(`fetched ${batches.length}`);
      },
    })(config);
    const group = aGroup(assigner, () => story.push('join'));

    await group.joinAndSync();
    await group.fetch('1');

    expect(story).toEqual(['before join', 'join', 'before fetch', 'fetched 0']);
  });

  it('joins as the member that it was when the client makes a new group, and as a new one where the client says so', async () => {
    const joinedAs: (string | null)[] = [];
    const assigner = assignerWith({ beforeJoin: async () => undefined, beforeFetch: () => () => undefined })(config);
    const join = (group: Group): void => {
      joinedAs.push(group.memberId);
      group.memberId ??= 'member-1';
    };
    const restarted = aGroup(assigner, join);

    await aGroup(assigner, join).joinAndSync();
    await restarted.joinAndSync();
    restarted.memberId = null;
    await restarted.joinAndSync();

    expect(joinedAs).toEqual([null, 'member-1', null]);
  });

  it('leaves groups of others alone', async () => {
    let joins = 0;

    await aGroup({}, () => (joins += 1)).joinAndSync();

    expect(joins).toBe(1);
  });
});
