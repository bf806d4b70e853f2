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

/** `12.3 MB`, in steps of a thousand, as registries show sizes. */
export function showSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const step = bytes < 1_000_000 ? 1 : bytes < 1_000_000_000 ? 2 : 3;
  return `${(bytes / 1000 ** step).toPrecision(3)} ${["kB", "MB", "GB"][step - 1]}`;
}
