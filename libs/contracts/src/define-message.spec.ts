import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineMessage, topicOf, topicsOf } from './index.js';

const aContract = (changes: object = {}) =>
  defineMessage({
    topic: 'house.thing-happened.v12',
    key: (m) => m.id,
    id: (m) => m.id,
    payload: z.object({ id: z.string() }),
    example: { id: 'x' },
    ...changes,
  });

describe(topicOf.name, () => {
  it('is the topic itself without lanes, whatever lane is asked for', () => {
    expect(topicOf(aContract())).toBe('house.thing-happened.v12');
    expect(topicOf(aContract(), 'transactional')).toBe('house.thing-happened.v12');
  });

  it('puts the lane before the version', () => {
    expect(topicOf(aContract({ lanes: ['transactional'] }), 'transactional')).toBe('house.thing-happened.transactional.v12');
  });

  it('takes the first lane when none is named', () => {
    expect(topicOf(aContract({ lanes: ['transactional'] }))).toBe('house.thing-happened.transactional.v12');
  });
});

describe(topicsOf.name, () => {
  it('names one topic per lane', () => {
    expect(topicsOf(aContract())).toEqual(['house.thing-happened.v12']);
    expect(topicsOf(aContract({ lanes: ['transactional'] }))).toEqual(['house.thing-happened.transactional.v12']);
  });
});

describe(defineMessage.name, () => {
  it('gives a contract that nobody can change', () => {
    expect(Object.isFrozen(aContract())).toBe(true);
  });
});
