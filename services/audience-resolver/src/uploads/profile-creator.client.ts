import { setTimeout as pause } from 'node:timers/promises';
import { IdentifiedProfiles, type ProfilesOfIdentities } from '@postrider/contracts';
import { DependencyUnavailable, INTERNAL_TOKEN_HEADER } from '@postrider/runtime';
import { ProfileCreatorBroken } from './uploads.errors.js';

const ANSWER_WITHIN_MS = 30_000;
/** One blink of profile-creator does not end an upload of a million rows. */
const RETRY_AFTER_MS = [250, 1_000, 3_000];
/** A body may have a mebibyte; the other members take some of it. */
const MAX_VALUES_BYTES = 900_000;

/** profile-creator's internal API: the only one who makes profiles. */
export class ProfileCreatorClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /**
   * The profiles of these identities at their places, made where nobody has them. Asking again is harmless.
   * @throws DependencyUnavailable, ProfileCreatorBroken
   */
  async identify(request: ProfilesOfIdentities): Promise<IdentifiedProfiles> {
    const result: IdentifiedProfiles = { profileIds: [], created: 0 };
    for (const values of inBodies(request.values)) {
      const { profileIds, created } = await this.patiently({ ...request, values });
      result.profileIds.push(...profileIds);
      result.created += created;
    }
    return result;
  }

  private async patiently(request: ProfilesOfIdentities): Promise<IdentifiedProfiles> {
    for (const wait of RETRY_AFTER_MS) {
      try {
        return await this.call(request);
      } catch (error) {
        if (!(error instanceof DependencyUnavailable)) throw error;
        await pause(wait);
      }
    }
    return this.call(request);
  }

  private async call(request: ProfilesOfIdentities): Promise<IdentifiedProfiles> {
    const response = await fetch(`${this.url}/internal/profiles/identities`, {
      method: 'POST',
      headers: { [INTERNAL_TOKEN_HEADER]: this.token, 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch(unavailable);
    const text = await response.text().catch(unavailable);
    if (response.status === 503) return unavailable(new Error(text));
    if (!response.ok) throw new ProfileCreatorBroken(response.status);
    const answer = IdentifiedProfiles.parse(JSON.parse(text));
    if (answer.profileIds.length !== request.values.length) throw new ProfileCreatorBroken(response.status);
    return answer;
  }
}

function unavailable(error: unknown): never {
  throw new DependencyUnavailable('profile-creator', error);
}

function* inBodies(values: readonly string[]): Generator<string[]> {
  let body: string[] = [];
  let bytes = 0;
  for (const value of values) {
    // An escaped character takes six bytes at most, and so does its UTF-8 form.
    const length = 6 * value.length + 3;
    if (bytes + length > MAX_VALUES_BYTES) {
      yield body;
      [body, bytes] = [[], 0];
    }
    body.push(value);
    bytes += length;
  }
  if (body.length > 0) yield body;
}
