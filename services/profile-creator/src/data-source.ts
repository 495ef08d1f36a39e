import type { ClassList } from '@postrider/database';
import { CreateProfiles1767225600000 } from './migrations/1767225600000-create-profiles.js';
import { ShareWithAudiences1767398400000 } from './migrations/1767398400000-share-with-audiences.js';
import { IdentitiesOfAPerson1767398700000 } from './migrations/1767398700000-identities-of-a-person.js';
import { IdentityEntity } from './profiles/identity.entity.js';
import { ProfileEntity } from './profiles/profile.entity.js';

export const schema = 'profiles';
export const entities: ClassList = [ProfileEntity, IdentityEntity];
export const migrations: ClassList = [CreateProfiles1767225600000, ShareWithAudiences1767398400000, IdentitiesOfAPerson1767398700000];
