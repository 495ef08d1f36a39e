import { z } from 'zod';
import { BulkProfiles, Profile, ProfileInput, pageOf } from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'Profiles';

export const ProfileQuery = z.strictObject({ namespace: z.string().min(1).max(64), value: z.string().min(1).max(512) });

export const UPSERT_PROFILE = defineOperation({
  id: 'upsertProfile', tag, method: 'POST', path: 'profiles', scope: 'admin', status: 200, alsoAnswers: [201], body: ProfileInput, answer: Profile,
  summary: 'Make a profile, or change the one that has one of the identities',
});
export const UPSERT_PROFILES = defineOperation({
  id: 'upsertProfiles', tag, method: 'POST', path: 'profiles/bulk', scope: 'admin', status: 200, streams: 'application/x-ndjson', body: ProfileInput,
  answer: BulkProfiles, summary: 'The same for each line of a stream of any length',
});
export const FIND_PROFILES = defineOperation({
  id: 'findProfiles', tag, method: 'GET', path: 'profiles', scope: 'read', status: 200, query: ProfileQuery, answer: pageOf(Profile),
  summary: 'The profile with an identity, if there is one',
});
export const GET_PROFILE = defineOperation({
  id: 'getProfile', tag, method: 'GET', path: 'profiles/:id', scope: 'read', status: 200, answer: Profile, summary: 'One profile',
});
export const DELETE_PROFILE = defineOperation({
  id: 'deleteProfile', tag, method: 'DELETE', path: 'profiles/:id', scope: 'admin', status: 204, summary: 'Delete a profile with its identities',
});
