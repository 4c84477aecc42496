import { expect, it, vi } from "vitest";
import { shareMasks, type Frame } from "./lean-map";

vi.mock("maplibre-gl", () => ({ Map: class {} }));

/** A frame that counts its masks and numbers them as MapLibre does. */
class Counting implements Frame {
  currentStencilSource?: string;
  tileClippingMaskIDs: Record<string, number> = {};
  drawn = 0;

  renderTileClippingMasks(layer: unknown, tiles: readonly { key: string }[] | undefined): void {
    this.currentStencilSource = (layer as { source: string }).source;
    this.drawn += 1;
    this.tileClippingMaskIDs = Object.fromEntries((tiles ?? []).map(({ key }) => [key, this.drawn]));
  }
}
shareMasks(Counting.prototype);

it("draws masks once for sources with the same tiles", () => {
  const frame = new Counting();
  frame.renderTileClippingMasks({ source: "land" }, [{ key: "a" }, { key: "b" }]);
  frame.renderTileClippingMasks({ source: "roads" }, [{ key: "b" }, { key: "a" }]);
  expect(frame.drawn).toBe(1);
});

it("draws them anew for other tiles, fewer tiles, and after the stencil was used", () => {
  const frame = new Counting();
  frame.renderTileClippingMasks({ source: "land" }, [{ key: "a" }, { key: "b" }]);
  frame.renderTileClippingMasks({ source: "roads" }, [{ key: "a" }, { key: "c" }]);
  frame.renderTileClippingMasks({ source: "flows" }, [{ key: "a" }]);
  delete frame.currentStencilSource;
  frame.renderTileClippingMasks({ source: "routes" }, [{ key: "a" }]);
  expect(frame.drawn).toBe(4);
});
