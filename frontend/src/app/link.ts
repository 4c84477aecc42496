/** Links that open the same view again (R14). */
import { api, need } from "@/api/client";
import { LONGEST, merge, writeAddress } from "./address";
import { router } from "./router.svelte";
import { study } from "./study.svelte";

/** Address of the current view; a long state is stored on the server under its hash. */
export async function permalink(): Promise<string> {
  const hash = study.info?.study_hash.slice(0, 12) ?? "";
  const route = { page: router.page, params: merge(router.params, { study: hash }) };
  const address = writeAddress(route);
  if (address.length <= LONGEST) return location.origin + address;
  const stored = await need(api.POST("/api/v1/views", { body: { state: { ...route } } }));
  return location.origin + writeAddress({ page: route.page, params: { view: stored.view_id } });
}

/** Put the state of a stored view (`?view=`) in place. */
export async function openStored(view_id: string): Promise<void> {
  const stored = await need(api.GET("/api/v1/views/{view_id}", { params: { path: { view_id } } }));
  const { page, params } = stored.state as { page?: unknown; params?: unknown };
  const pairs = Object.entries((params ?? {}) as Record<string, unknown>).filter(
    (pair): pair is [string, string] => typeof pair[1] === "string",
  );
  router.apply(
    { page: typeof page === "string" ? page : router.page, params: Object.fromEntries(pairs) },
    true,
  );
}

/** Put a text on the clipboard; answers whether that worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
