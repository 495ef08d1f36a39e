import { z } from 'zod';

/** Traffic classes kept on topics of their own, so that one never waits behind another. */
export const Lane = z.enum(['transactional', 'bulk']);
export type Lane = z.infer<typeof Lane>;

export const LANES: readonly Lane[] = Lane.options;
