import { describe, expect, it } from '@jest/globals';
import { DependencyUnavailable } from '@postrider/runtime';
import { QueryFailedError } from 'typeorm';
import { sqlStateOf, translateDatabaseError } from './index.js';

const anError = (fields: object, message = 'x'): Error => Object.assign(new Error(message), fields);

describe(translateDatabaseError.name, () => {
  it.each(['08006', '08P01', '53300', '53100', '57P01', '57P03', '57014', '40001', '40P01', '55P03', '25P03', '25006', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT'])(
    'says of %s that trying again can help',
    (code) => {
      const cause = anError({ code });

      const error = translateDatabaseError(cause);

      expect(error).toBeInstanceOf(DependencyUnavailable);
      expect(error).toMatchObject({ dependency: 'postgres', cause });
    },
  );

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ])('says so of the driver\'s "%s"', (message) => {
    expect(translateDatabaseError(new Error(message))).toBeInstanceOf(DependencyUnavailable);
  });

  it('looks into what TypeORM wraps', () => {
    const wrapped = new QueryFailedError('SELECT 1', [], anError({ code: '57P01' }));

    expect(translateDatabaseError(wrapped)).toBeInstanceOf(DependencyUnavailable);
  });

  it.each(['23505', '23503', '42601', '42501', '28P01', '3D000', '22P02', '57P0X'])('lets %s pass as it is', (code) => {
    const error = anError({ code });

    expect(translateDatabaseError(error)).toBe(error);
  });

  it('lets what is not of the database pass as it is', () => {
    const errors = [new TypeError('x is not a function'), new DependencyUnavailable('redis'), 'a string', undefined];

    for (const error of errors) expect(translateDatabaseError(error)).toBe(error);
  });
});

describe(sqlStateOf.name, () => {
  it('finds the state, also inside TypeORM\'s error, and only there', () => {
    expect(sqlStateOf(anError({ code: '23505' }))).toBe('23505');
    expect(sqlStateOf(new QueryFailedError('', [], anError({ code: '23503' })))).toBe('23503');
    expect(sqlStateOf(anError({ code: 'ECONNREFUSED' }))).toBeUndefined();
    expect(sqlStateOf(undefined)).toBeUndefined();
  });
});
