export interface AnswerInit {
  /** Becomes the ETag. */
  revision?: number;
  /** In place of the operation's. */
  status?: number;
}

/** A body with what travels in the status line and headers beside it. */
export class Answered {
  constructor(
    readonly body: unknown,
    readonly init: AnswerInit = {},
  ) {}
}

export const etagOf = (revision: number): string => `"${revision}"`;
