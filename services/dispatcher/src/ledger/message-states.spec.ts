import { describe, expect, it } from '@jest/globals';
import { MessageState, totalOf } from '@postrider/contracts';
import fc from 'fast-check';
import { isPending, stateAfter, statesBefore } from './message-states.js';

const aState = fc.constantFrom(...MessageState.options);
const facts = fc.array(aState, { maxLength: 30 });

/** The states that a message goes through while these facts come in. */
function lifeOf(told: readonly MessageState[]): MessageState[] {
  const states: MessageState[] = ['accepted'];
  for (const fact of told) states.push(stateAfter(states.at(-1) ?? 'accepted', fact));
  return states;
}

describe(stateAfter.name, () => {
  it('takes a fact that comes twice once', () => {
    fc.assert(fc.property(aState, aState, (state, fact) => {
      const once = stateAfter(state, fact);

      expect(isPending(once) || stateAfter(once, fact) === once).toBe(true);
    }));
  });

  it('ends a message once, whatever comes in which order', () => {
    fc.assert(fc.property(facts, (told) => {
      const states = lifeOf(told);

      const end = states.findIndex((state) => !isPending(state));
      expect(end < 0 || states.slice(end).every((state) => !isPending(state))).toBe(true);
    }));
  });

  it('changes the total of a message that has ended only where a sent one bounces', () => {
    fc.assert(fc.property(facts, (told) => {
      const ends = lifeOf(told).filter((state) => !isPending(state)).map(totalOf);

      expect([1, 2]).toContain(Math.max(1, new Set(ends).size));
      if (new Set(ends).size === 2) expect([ends[0], ends.at(-1)]).toEqual(['sent', 'failed']);
    }));
  });

  it('lets nothing but a bounce follow what was delivered', () => {
    const after = MessageState.options.filter((fact) => stateAfter('delivered', fact) !== 'delivered');

    expect(after).toEqual(['bounced']);
  });

  it('begins no send but of what waits', () => {
    expect(statesBefore('sending')).toEqual(['accepted', 'ready', 'retrying']);
    expect(statesBefore('sent')).toEqual(['sending']);
  });
});
