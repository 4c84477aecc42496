/** Writes the view of the map into the address. */
import { tick } from "svelte";
import { router } from "@/app/router.svelte";
import { writeCamera, type Camera } from "./selection";

/**
 * Keep a view in the address of the page that is open. It waits for the end of the flush: a map
 * that is moved by an effect would change the address in the middle of it.
 */
export function keepCamera(camera: Camera): void {
  const page = router.page;
  void tick().then(() => {
    if (router.page === page) router.set({ at: writeCamera(camera) }, true);
  });
}
