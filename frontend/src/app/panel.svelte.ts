/** The panel at the end of the page: reading without leaving, never a modal (R1, R3). */
import { untrack, type Component } from "svelte";

// The panel holds components of any page; each opener knows the props of its own.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyComponent = Component<any>;

export interface PanelContent {
  title: string;
  component: AnyComponent;
  props: Record<string, unknown>;
  /** Who opened it: content of the same owner is replaced without `onClose`. */
  owner?: string;
  /** Called when the content goes away, so that the opener clears its selection. */
  onClose?: () => void;
}

class Panel {
  /** The last item is shown; earlier ones are what "Back" returns to. */
  stack = $state.raw<PanelContent[]>([]);
  private opener: Element | null = null;

  get content(): PanelContent | null {
    return this.stack.at(-1) ?? null;
  }

  /** Show content in place of all that was there. */
  open(content: PanelContent): void {
    // An effect that opens the panel must not run again because the panel changes.
    untrack(() => this.replace(content));
  }

  private replace(content: PanelContent): void {
    if (this.stack.length === 0) this.opener = document.activeElement;
    const gone = this.stack.filter((item) => !content.owner || item.owner !== content.owner);
    this.stack = [content];
    for (const item of gone) item.onClose?.();
  }

  /** Show content above what is there; "Back" returns to it. */
  push(content: PanelContent): void {
    if (this.stack.length === 0) this.opener = document.activeElement;
    this.stack = [...this.stack, content];
  }

  /** Return to the content before. */
  back(): void {
    const top = this.content;
    this.stack = this.stack.slice(0, -1);
    top?.onClose?.();
    if (this.stack.length === 0) this.refocus();
  }

  /** Close the panel; focus returns to what opened it. */
  close(): void {
    const gone = this.stack;
    if (gone.length === 0) return;
    this.stack = [];
    for (const item of gone) item.onClose?.();
    this.refocus();
  }

  private refocus(): void {
    if (this.opener instanceof HTMLElement && this.opener.isConnected) this.opener.focus();
    this.opener = null;
  }
}

export const panel = new Panel();
