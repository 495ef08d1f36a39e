const ISO = /^(?!0000)(\d{4}-\d\d-\d\d)(?:T((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)(?:(?<=:\d\d:\d\d)\.(\d{1,6})\d{0,3})?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/;

/**
 * The moment that an ISO 8601 date or date-time names, in microseconds since 1970; undefined for any other text. Without a
 * zone it is UTC. The same as the function `instant_of` of the database.
 */
export function instantOf(text: string): bigint | undefined {
  const [, date, time = '00:00', fraction = '', zone = 'Z'] = ISO.exec(text) ?? [];
  if (date === undefined || !isOfCalendar(date)) return undefined;
  return BigInt(Date.parse(`${date}T${time}${zone}`)) * 1_000n + BigInt(fraction.padEnd(6, '0'));
}

/** Date.parse takes the 30th of February for the 2nd of March. */
const isOfCalendar = (date: string): boolean => {
  const midnight = Date.parse(`${date}T00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
};
