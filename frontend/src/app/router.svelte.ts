/** Where the user is. The address is the truth: every change of state goes through it (R14). */
import { lasting, merge, readAddress, writeAddress, type Params, type Route } from "./address";

class Router {
  route = $state<Route>(readAddress(location.pathname, location.search));

  get page(): string {
    return this.route.page;
  }

  get params(): Params {
    return this.route.params;
  }

  /** Start to follow the browser's back and forward buttons. */
  listen(): () => void {
    const follow = () => {
      this.route = readAddress(location.pathname, location.search);
    };
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }

  /** Address of another page that keeps language, scenarios and study. */
  href(page: string, params: Params = {}): string {
    return writeAddress({ page, params: { ...lasting(this.params), ...params } });
  }

  /** Go to a page. */
  go(page: string, params: Params = {}): void {
    this.apply({ page, params: { ...lasting(this.params), ...params } }, false);
  }

  /** Change parameters of the page. `replace` leaves no step in the history (typing, dragging). */
  set(patch: Record<string, string | null | undefined>, replace = false): void {
    this.apply({ page: this.page, params: merge(this.params, patch) }, replace);
  }

  /** Put a whole route in place, as a stored view brings it. */
  apply(route: Route, replace: boolean): void {
    const address = writeAddress(route);
    if (address !== location.pathname + location.search) {
      history[replace ? "replaceState" : "pushState"](null, "", address);
    }
    this.route = route;
  }
}

export const router = new Router();

/** Follow links inside the product without loading the page again. */
export function followLinks(event: MouseEvent): void {
  const target = (event.target as Element | null)?.closest?.("a[href]");
  if (!(target instanceof HTMLAnchorElement) || event.defaultPrevented) return;
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  const inside = target.origin === location.origin && !target.pathname.startsWith("/api/");
  const opens = target.target !== "" || target.hasAttribute("download");
  if (!plain || !inside || opens || target.getAttribute("href")?.startsWith("#")) return;
  event.preventDefault();
  router.apply(readAddress(target.pathname, target.search), false);
  document.querySelector("#page")?.scrollTo({ top: 0 });
}
