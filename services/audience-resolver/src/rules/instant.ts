const ISO = /^(?!0000)(\d{4})-(\d\d)-(\d\d)(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6})\d{0,3})?)?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))?)?$/;
const MICROS_A_MINUTE = 60_000_000n;

/**
 * The moment that an ISO 8601 date or date-time names, in microseconds since 1970; undefined for any other text. Without a
 * zone it is UTC. The same as the function `instant_of` of the database.
 */
export function instantOf(text: string): bigint | undefined {
  const parts = ISO.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, zoneHours, zoneMinutes] = parts;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  date.setUTCHours(Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0));
  const zone = BigInt(Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * (sign === '-' ? -1n : 1n);
  return BigInt(date.getTime()) * 1_000n + BigInt((fraction ?? '').padEnd(6, '0')) - zone * MICROS_A_MINUTE;
}
