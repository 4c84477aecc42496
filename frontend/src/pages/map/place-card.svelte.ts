/** The card of what is selected, in the panel beside the page. */
import { panel } from "@/app/panel.svelte";
import { router } from "@/app/router.svelte";
import { readSelection } from "@/map/selection";
import type { Form } from "./form";
import PlacePanel from "./PlacePanel.svelte";

const OWNER = "map";

export class PlaceCard {
  #seen = "";
  #leaving = false;

  constructor(private change: (to: Partial<Form>) => void) {}

  /** Open the card of what the address selects, and again when its name is known. */
  show(text: string, title: string): void {
    if (`${text}|${title}` === this.#seen) return;
    this.#seen = `${text}|${title}`;
    const selection = readSelection(text);
    if (!selection) return this.#close();
    panel.open({
      title,
      component: PlacePanel,
      props: { selection, onend: (end: "from" | "to", value: string) => this.change({ [end]: value }) },
      owner: OWNER,
      onClose: () => !this.#leaving && router.params.sel === text && router.set({ sel: null }),
    });
  }

  /** The page goes: its card goes with it, and the address keeps what was selected. */
  leave(): void {
    this.#leaving = true;
    this.#close();
  }

  #close(): void {
    if (panel.content?.owner === OWNER) panel.close();
  }
}
