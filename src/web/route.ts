// One route of the API as data: what the server mounts, what OpenAPI describes and what the tests call are this one value.

/** A JSON Schema, as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description: string;
  readonly schema: Schema;
}

export interface ApiRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined when there was no body. */
  readonly body: unknown;
  /** Who asks, for the record. */
  readonly by: string;
}

export type ApiAnswer =
  | { readonly status: 200 | 400 | 404 | 409 | 503; readonly json: unknown }
  | { readonly status: 200; readonly text: string; readonly contentType: string }
  | { readonly status: 200; readonly stream: ReadableStream<Uint8Array>; readonly contentType: string };

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: Schema;
  /** Of the answer 200; text where it is no JSON, events where it goes on. */
  readonly answer: Schema | 'text' | 'events';
  /** Further statuses it can answer, each with a JSON `error`. */
  readonly refusals?: Readonly<Record<number, string>>;
  /** Changes something: over TCP only with the token of an operator. */
  readonly changes: boolean;
  /** Not over TCP at all, whoever asks. */
  readonly controlOnly?: true;
  run(request: ApiRequest): Promise<ApiAnswer> | ApiAnswer;
}

export const ok = (json: unknown): ApiAnswer => ({ status: 200, json });
export const refused = (status: 400 | 404 | 409, error: string): ApiAnswer => ({ status, json: { error } });
