/** Nodes at the ends of new links: asked once each. */
import { api, need } from "@/api/client";
import type { LinkEnd, NewLink } from "./new-link";

class LinkEnds {
  known = $state.raw<ReadonlyMap<string, LinkEnd>>(new Map());
  private readonly asked = new Set<string>();

  /** Keep a node that is known already. */
  keep(end: LinkEnd): void {
    this.asked.add(end.node_id);
    this.known = new Map(this.known).set(end.node_id, end);
  }

  /** Ask for the ends of links that are not known. */
  load(links: NewLink[]): void {
    for (const { cells } of links)
      for (const id of [cells.from_node_id, cells.to_node_id])
        if (id && !this.asked.has(id)) void this.ask(id);
  }

  private async ask(node_id: string): Promise<void> {
    this.asked.add(node_id);
    try {
      this.keep(await need(api.GET("/api/v1/nodes/{node_id}", { params: { path: { node_id } } })));
    } catch {
      // A node of another study: the list shows its id, and the check says what is wrong.
      this.asked.delete(node_id);
    }
  }
}

export const linkEnds = new LinkEnds();
