import { z } from 'zod';

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Text on one line: no control characters, so that it can stand in a header or a log. */
export const lineOf = (max: number): z.ZodString => z.string().max(max).refine((text) => !CONTROL.test(text), 'must not contain control characters');

/** What people call a thing. */
export const Name = lineOf(200).refine((text) => text.trim() !== '', 'must not be empty');

/** The query of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(1_024).optional(),
};

export const PageQuery = z.strictObject(pageQuery);
export type PageQuery = z.infer<typeof PageQuery>;

/** A page of a list; `nextCursor` is null on the last one. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** IANA name of a time zone. */
export const TimeZone = z.string().max(64).refine(isTimeZone, 'is not a time zone of the IANA database');
