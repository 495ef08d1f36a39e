import { describe, expect, it } from '@jest/globals';
import { compareEntities, openDataSource } from '@postrider/database';
import { freshDatabase } from '@postrider/testing';
import { entities, migrations, schema } from '../src/data-source.js';

describe('the schema of ingest-api', () => {
  it('is what the entities say', async () => {
    const database = await freshDatabase();
    const dataSource = await openDataSource({
      url: database.urlFor(schema), schema, entities, migrations, poolSize: 2, statementTimeoutMs: 5_000, applicationName: 'spec',
    });

    const differences = await compareEntities(dataSource);

    expect(differences).toEqual([]);
    await dataSource.destroy();
    await database.drop();
  }, 60_000);
});
