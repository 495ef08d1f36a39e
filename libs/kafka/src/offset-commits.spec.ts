import { describe, expect, it } from '@jest/globals';
import { Logger } from '@postrider/runtime';
import { OffsetCommits, type PartitionOffset } from './offset-commits.js';

function commitsTo(send: (offsets: PartitionOffset[]) => Promise<void>): { commits: OffsetCommits; stop: AbortController } {
  const stop = new AbortController();
  return { commits: new OffsetCommits({ send, signal: stop.signal, logger: Logger.create('spec', 'silent'), topic: 't' }), stop };
}

describe(OffsetCommits.name, () => {
  it('combines what is noted while a commit is on its way, and keeps the last offset of each partition', async () => {
    const sent: PartitionOffset[][] = [];
    const { commits } = commitsTo(async (offsets) => void sent.push(offsets));

    commits.note(0, '1');
    commits.note(0, '2');
    commits.note(1, '9');
    await commits.flush();

    expect(sent.flat()).toEqual(expect.arrayContaining([{ partition: 0, offset: '2' }, { partition: 1, offset: '9' }]));
    expect(sent.length).toBeLessThan(3);
  });

  it('tries again until it is done', async () => {
    let failures = 2;
    const sent: PartitionOffset[][] = [];
    const { commits } = commitsTo(async (offsets) => {
      if (failures-- > 0) throw new Error('no coordinator');
      sent.push(offsets);
    });

    commits.note(3, '7');
    await commits.flush();

    expect(sent).toEqual([[{ partition: 3, offset: '7' }]]);
  });

  it('gives up at the end: the next owner repeats what was not committed', async () => {
    const { commits, stop } = commitsTo(async () => {
      throw new Error('not a member any more');
    });
    commits.note(3, '7');

    stop.abort();

    await expect(commits.flush()).resolves.toBeUndefined();
  });
});
