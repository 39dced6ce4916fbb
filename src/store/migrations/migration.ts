// What a step of the tables is.

/** One step; `id` is its file name and never changes once released. */
export interface Migration {
  readonly id: string;
  readonly sql: string;
}
