import { Liquid } from 'liquidjs';
import { contextB, messageB } from '../load/message-b.js';
import { repeat, type Probe } from './probe.js';

const BATCH = 50;

/** The precompiled HTML of load B rendered. */
export const F5: Probe = () => {
  const engine = new Liquid({ outputEscape: 'escape', ownPropertyOnly: true });
  const template = engine.parse(messageB.html);
  return repeat(async () => {
    for (let i = 0; i < BATCH; i += 1) engine.renderSync(template, { profile: { firstName: 'Ada', lastName: 'L', member: true }, context: contextB(i) });
    return BATCH;
  });
};
