/** What a server showed before its image was pushed. */
export type Figures = {
  /** From its start to its first answer. */
  readonly startSeconds: number;
  /** Of the requests that were sent; milliseconds. */
  readonly requests: number;
  readonly p50?: number;
  readonly p95?: number;
  /** Of the server with all its processes. */
  readonly memoryBytes?: number;
};

export type Tried = {
  readonly figures: Figures;
  /** Markdown. */
  readonly table: string;
};
