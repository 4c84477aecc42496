/**
 * MapLibre without what costs a processor that draws without a graphics card most: passes over the
 * whole picture that change nothing. Decision 017 tells what each costs.
 */
import { Map as LibreMap } from "maplibre-gl";
import { BASE } from "./palette";

/** What is used of the state of one frame; MapLibre has no name for it outside. */
export interface Frame {
  currentStencilSource?: string;
  tileClippingMaskIDs: Record<string, number>;
  renderTileClippingMasks: (layer: unknown, tiles: readonly { key: string }[] | undefined) => void;
}

const sharing = new WeakSet<Frame>();

/**
 * Let sources that are cut into the same tiles share their masks: MapLibre draws those of each
 * source anew. `kind` is the prototype of all frames.
 */
export function shareMasks(kind: Frame): void {
  if (sharing.has(kind)) return;
  sharing.add(kind);
  const draw = kind.renderTileClippingMasks;
  kind.renderTileClippingMasks = function (this: Frame, layer, tiles) {
    const there = this.tileClippingMaskIDs;
    const same = tiles?.length === Object.keys(there).length && tiles.every(({ key }) => key in there);
    // Without a source the masks are gone: something else has used the stencil since.
    if (!same || this.currentStencilSource === undefined) draw.call(this, layer, tiles);
  };
}

/** A colour as #RRGGBB in parts between 0 and 1. */
function parts(colour: string): [number, number, number] {
  const at = (place: number) => Number.parseInt(colour.slice(place, place + 2), 16) / 255;
  return [at(1), at(3), at(5)];
}

/** A map on an opaque canvas that is cleared to the sea. */
export class LeanMap extends LibreMap {
  override _setupPainter(): void {
    const canvas = this._canvas;
    const get = canvas.getContext.bind(canvas) as (kind: string, options?: object) => unknown;
    canvas.getContext = ((kind: string, options?: object) => {
      // MapLibre asks for a transparent canvas whatever its options say; the browser then mixes it
      // with what lies under it in every frame.
      const gl = get(kind, { ...options, alpha: false }) as WebGL2RenderingContext | null;
      const clear = gl?.clearColor.bind(gl);
      // A transparent ground with a layer of sea on it would be painted twice.
      if (gl && clear) gl.clearColor = (r, g, b, a) => (a === 0 ? clear(...parts(BASE.sea), 1) : clear(r, g, b, a));
      return gl;
    }) as typeof canvas.getContext;
    // It is black until the first frame.
    canvas.style.visibility = "hidden";
    this.once("render", () => (canvas.style.visibility = ""));
    super._setupPainter();
    this.shareMasksOnce();
  }

  /** The prototype of the frames is met with the first layer that is drawn. */
  private shareMasksOnce(): void {
    const { painter } = this;
    const render = painter.renderLayer.bind(painter);
    painter.renderLayer = (...args) => {
      shareMasks(Object.getPrototypeOf(args[4]) as Frame);
      painter.renderLayer = render;
      render(...args);
    };
  }
}
