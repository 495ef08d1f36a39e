import { z } from 'zod';

export const uploadsEnv = {
  /** The internal API that makes the profiles of uploaded identities that nobody has. */
  PROFILE_CREATOR_URL: z.string().regex(/^https?:\/\/[^/]+$/, 'must be http(s)://host[:port] without a path'),
};
