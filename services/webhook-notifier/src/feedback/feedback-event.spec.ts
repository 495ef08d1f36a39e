import { describe, expect, it } from '@jest/globals';
import { FeedbackEvent, feedbackEventExample, MessageState, StatusChanged } from '@postrider/contracts';
import { feedbackEventOf } from './feedback-event.js';

const SANDBOX = '0198f5a2-0000-7000-8000-000000000004';
const of = (overrides: Partial<StatusChanged>) => feedbackEventOf({ ...StatusChanged.example, ...overrides }, SANDBOX);

describe(feedbackEventOf.name, () => {
  it('makes of the example of a status the example of the payload', () => {
    expect(of({})).toEqual(feedbackEventExample);
  });

  it.each(MessageState.options)('makes a valid payload of %s, or none', (state) => {
    const event = of({ state, code: 'SUPPRESSED', address: null, profileId: null, responseCode: null, responseDurationMillis: null, attempts: 0 });

    if (event) expect(FeedbackEvent.parse(event)).toEqual(event);
    else expect(['accepted', 'ready', 'sending', 'retrying']).toContain(state);
  });

  it('says why a recipient was excluded, with Adobe\'s number where there is one', () => {
    expect(of({ state: 'excluded', code: 'SUPPRESSED', reason: 'bounced before' })?.messageDeliveryFeedback).toMatchObject({
      feedbackStatus: { value: 'exclude' }, messageExclusion: { code: 'SUPPRESSED', reason: 'bounced before', number: '050107' }, messageFailure: null, deliveryTimestamp: null,
    });
    expect(of({ state: 'cancelled', code: 'CAMPAIGN_STOPPED' })?.messageDeliveryFeedback.messageExclusion).toEqual({ code: 'CAMPAIGN_STOPPED', reason: null, number: null });
    expect(of({ state: 'cancelled', code: null })?.messageDeliveryFeedback.messageExclusion).toMatchObject({ code: 'CANCELLED' });
  });

  it('says why a message failed, expired, or is not known of', () => {
    const failure = { category: 'hard', type: 'smtp', code: '550', reason: '5.1.1 no such user' } as const;

    expect(of({ state: 'bounced', failure, attempts: 3 })?.messageDeliveryFeedback).toMatchObject({ feedbackStatus: { value: 'bounce' }, messageFailure: failure, retryCount: 2 });
    expect(of({ state: 'expired', code: 'EXPIRED' })?.messageDeliveryFeedback.messageFailure).toEqual({ category: 'hard', type: 'expired', code: 'EXPIRED', reason: '' });
    expect(of({ state: 'unknown' })?.messageDeliveryFeedback).toMatchObject({ feedbackStatus: { value: 'unknown' }, messageFailure: null });
  });
});
