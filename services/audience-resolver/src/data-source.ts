import type { ClassList } from '@postrider/database';

/** Reserved for memberships; expanding a transactional execution stores nothing. */
export const schema = 'audiences';
export const entities: ClassList = [];
export const migrations: ClassList = [];
