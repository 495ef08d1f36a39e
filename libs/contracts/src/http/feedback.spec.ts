import { describe, expect, it } from '@jest/globals';
import { FeedbackEvent, feedbackEventExample, feedbackStatusOf, MessageState } from '../index.js';

describe('FeedbackEvent', () => {
  it('accepts its own example', () => {
    expect(FeedbackEvent.parse(feedbackEventExample)).toEqual(feedbackEventExample);
  });
});

describe(feedbackStatusOf.name, () => {
  it('has a word for every state in which something is decided, and for no other', () => {
    const told = MessageState.options.filter((state) => feedbackStatusOf(state) !== undefined);

    expect(told).toEqual(['sent', 'delivered', 'bounced', 'failed', 'excluded', 'expired', 'cancelled', 'unknown']);
  });
});
