/** Places that the server offers for what is typed into a field. */
import { api, need, type Schemas } from "@/api/client";
import { language } from "@/i18n";
import { nameIn } from "@/map/names";

export type PlaceItem = Schemas["PlaceItem"];

const WAIT_MS = 120;
const MOST = 8;
/** Letters from which on places are asked for. */
const LEAST = 2;

/** Name of a place in the language of the page. */
export const placeName = (item: PlaceItem) => nameIn(item.names, language.current, item.id);

/** A place as the API understands it: `lat,lon`, or kind and id. */
export function wantedText(item: PlaceItem): string {
  return item.kind === "coordinates" ? item.id : `${item.kind}:${item.id}`;
}

/** The offers of one field: only those of the last text count. */
export class Suggestions {
  items = $state.raw<PlaceItem[]>([]);
  open = $state(false);
  /** Place of the offer that is pointed at; -1 for none. */
  at = $state(-1);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  /** The offer that is pointed at. */
  get pointed(): PlaceItem | undefined {
    return this.open && this.at >= 0 ? this.items[this.at] : undefined;
  }

  /** Ask for places of some kinds, a moment after the last key. */
  ask(text: string, kinds?: readonly string[]): void {
    const wanted = text.trim();
    this.at = -1;
    clearTimeout(this.#timer);
    if (wanted.length < LEAST) return void this.close();
    this.#timer = setTimeout(() => void this.#suggest(wanted, kinds), WAIT_MS);
  }

  async #suggest(q: string, kinds?: readonly string[]): Promise<void> {
    const mine = ++this.#asked;
    try {
      const call = api.GET("/api/v1/places", { params: { query: { q, limit: MOST * 2 } } });
      const { places } = await need(call);
      if (mine !== this.#asked) return;
      this.items = places.filter((one) => !kinds || kinds.includes(one.kind)).slice(0, MOST);
      this.open = this.items.length > 0;
    } catch {
      // The field still takes what was typed; the banner tells of a server that is gone.
      this.open = false;
    }
  }

  /** Point at the next offer, or at the one before; after the last comes the first. */
  step(by: 1 | -1): void {
    if (!this.open) return;
    const from = this.at < 0 && by < 0 ? 0 : this.at;
    this.at = (from + by + this.items.length) % this.items.length;
  }

  /** Forget what was asked and hide the offers. */
  close(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.open = false;
    this.at = -1;
  }
}
