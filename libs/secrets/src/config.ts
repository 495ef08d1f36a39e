import { z } from 'zod';
import { parseSealingKeys } from './sealing-keys.js';

const isUsable = (text: string): boolean => {
  try {
    return parseSealingKeys(text).length > 0;
  } catch {
    return false;
  }
};

/** The keys that secrets are sealed with at rest and in topics. */
export const secretsEnv = {
  /** `kid:base64 of 32 bytes[,kid2:…]`; the first seals, all of them open. */
  SEALING_KEYS: z.string().refine(isUsable, 'must be kid:base64key[,kid2:base64key…], each key 32 bytes'),
};
