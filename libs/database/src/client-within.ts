/**
 * pg's client with an end to waiting.
 * Guarantee: a statement answers within the time, or fails with ETIMEDOUT and its connection is closed; whether it was carried
 * out is not known then. What a statement held is garbage once it has answered.
 * For the second, neither pg's `query_timeout` nor the promises of its client will do: both assign a function literal to a
 * property of the query. V8 allocates such functions in its old generation, so that each kept its statement, the values and
 * the rows until the next major collection.
 * Limit: what submits itself (a cursor, a copy) may take its time.
 */
import { Client, type ClientConfig, type QueryResult } from 'pg';
import type { Duplex } from 'node:stream';

type Answered = (error: Error | undefined, result: QueryResult) => void;
type Ask = (statement: unknown, values: unknown, answered: unknown) => unknown;

/** For the `Client` option of a pool. */
export function clientWithin(timeoutMs: number): typeof Client {
  return class extends Client {
    constructor(config?: string | ClientConfig) {
      super(config);
      const ask = this.query.bind(this) as Ask;
      Object.assign(this, { query: limited(ask, (answered) => endingAfter(timeoutMs, this, answered)) });
    }
  };
}

/** Asks for statements with a limit, in each of the ways in which pg can be asked. */
function limited(ask: Ask, limit: (answered: Answered) => Answered): Ask {
  return (statement, values, callback) => {
    if (submitsItself(statement)) return ask(statement, values, callback);
    const answered = [values, callback].find((one): one is Answered => typeof one === 'function');
    const given = typeof values === 'function' ? undefined : values;
    if (answered) return ask(statement, given, limit(answered));
    return new Promise((resolve, reject) => {
      ask(statement, given, limit((error, result) => (error ? reject(error) : resolve(result))));
    });
  };
}

function submitsItself(statement: unknown): boolean {
  return typeof statement === 'object' && statement !== null && 'submit' in statement;
}

/** Closing the connection is what tells everything that waits on it. */
function endingAfter(timeoutMs: number, client: Client, answered: Answered): Answered {
  const timer = setTimeout(() => {
    const { connection } = client as unknown as { connection: { stream: Duplex } };
    connection.stream.destroy(Object.assign(new Error(`Postgres did not answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' }));
  }, timeoutMs);
  return (error, result) => {
    clearTimeout(timer);
    answered(error, result);
  };
}
