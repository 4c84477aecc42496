/** Address of a state and state of an address: page in the path, everything else in the query. */
export type Params = Record<string, string>;

export interface Route {
  page: string;
  params: Params;
}

export const HOME = "overview";
/** Addresses longer than this are stored under a content hash (`?view=`). */
export const LONGEST = 1500;

/** Read a route from path and query. */
export function readAddress(pathname: string, search: string): Route {
  const page = pathname.replace(/^\/+|\/+$/g, "").split("/")[0] || HOME;
  const params: Params = {};
  for (const [name, value] of new URLSearchParams(search)) if (value !== "") params[name] = value;
  return { page, params };
}

/** Write a route; empty parameters are left out and names sorted, so one state has one address. */
export function writeAddress({ page, params }: Route): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(params).sort()) {
    const value = params[name];
    if (value !== undefined && value !== "") query.set(name, value);
  }
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  return `${page === HOME ? "/" : `/${page}`}${text ? `?${text}` : ""}`;
}

/** Parameters that stay when the page changes. */
const LASTING = ["lang", "a", "b", "slot", "study"];

/** Keep what belongs to the whole product and drop what belongs to the page that is left. */
export function lasting(params: Params): Params {
  return Object.fromEntries(Object.entries(params).filter(([name]) => LASTING.includes(name)));
}

/** Apply changes; `null` or "" removes a parameter. */
export function merge(params: Params, patch: Record<string, string | null | undefined>): Params {
  const merged: Params = { ...params };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined || value === "") delete merged[name];
    else merged[name] = value;
  }
  return merged;
}
