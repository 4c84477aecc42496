/** Client of the API: typed by the server's own description, errors as one class. */
import createClient from "openapi-fetch";
import { connection } from "./connection.svelte";
import type { components, paths } from "./types";

export type Schemas = components["schemas"];
export const BASE = "/api/v1";

/** Error answer of the API (RFC 9457), or a connection that failed (`status` 0). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly detail: Schemas["ProblemDetail"];

  constructor(detail: Schemas["ProblemDetail"]) {
    super(detail.detail || detail.title);
    this.name = "ApiProblem";
    this.status = detail.status;
    this.detail = detail;
  }

  get problems(): Schemas["ProblemItem"][] {
    return this.detail.problems ?? [];
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

/** Turn whatever an error answer holds into an `ApiProblem`. */
export function toProblem(error: unknown, response?: Response): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const body = (typeof error === "object" && error !== null ? error : {}) as Partial<
    Schemas["ProblemDetail"]
  >;
  const status = body.status ?? response?.status ?? 0;
  const title = body.title ?? response?.statusText ?? "";
  return new ApiProblem({
    type: body.type ?? "about:blank",
    title: title || `HTTP ${status}`,
    status,
    detail: body.detail ?? "",
    instance: body.instance ?? "",
    error_id: body.error_id ?? "",
    problems: body.problems ?? [],
  });
}

/** `fetch` that tells the connection state; an aborted call is no lost server. */
async function watchedFetch(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    connection.heard();
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    connection.lost();
    throw toProblem({ status: 0, title: "The server does not answer" });
  }
}

// Called through a wrapper, so that a test may put its own `fetch` in place.
export const api = createClient<paths>({ baseUrl: location.origin, fetch: watchedFetch });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Data of an answer, or a thrown `ApiProblem`: `await need(api.GET("/api/v1/study"))`. */
export async function need<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (error !== undefined || !response.ok) throw toProblem(error, response);
  return data as T;
}
