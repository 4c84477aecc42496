/** The one place that talks to MapLibre: data in, clicks and views out. */
import {
  AttributionControl, Map as LibreMap, ScaleControl, setWorkerUrl,
  type FilterSpecification, type GeoJSONSource, type IControl, type MapGeoJSONFeature, type MapMouseEvent,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { ARROW, arrowImage } from "./arrow";
import { FAMILY, FONT_FACES } from "./fonts";
import type { SwitchKey } from "./legend";
import type { Camera } from "./selection";
import {
  HIT_LAYERS, mapStyle, MODE_LAYERS, modeFilter, SOURCES, SWITCHED, TILE_PX, WIDE_TILES,
  type SourceName,
} from "./style";
import type { AnyCollection, Bounds, Selection } from "./types";

// Without this the worker is not found and the map stays empty without a word.
setWorkerUrl(workerUrl);

export interface Hit {
  source: SourceName;
  id: string;
  properties: Record<string, unknown>;
}

export interface Events {
  click: (hit: Hit | null, lon: number, lat: number) => void;
  hover: (hit: Hit | null, x: number, y: number) => void;
  moved: (camera: Camera, bounds: Bounds) => void;
}

export interface Start {
  container: HTMLElement;
  window: Bounds;
  camera: Camera | null;
  label: string;
  events: Events;
}

/**
 * A map whose drawing covers what lies under it: the browser then need not mix the two in every
 * frame. MapLibre asks for a transparent canvas whatever its options say.
 */
class OpaqueMap extends LibreMap {
  override _setupPainter(): void {
    const canvas = this._canvas;
    const get = canvas.getContext.bind(canvas) as (kind: string, options?: object) => unknown;
    const opaque = (kind: string, options?: object) => get(kind, { ...options, alpha: false });
    canvas.getContext = opaque as typeof canvas.getContext;
    // It is black until the first frame.
    canvas.style.visibility = "hidden";
    super._setupPainter();
  }
}

const SLACK_PX = 4;
const MARGIN = 48;

export class MapController {
  readonly map: LibreMap;
  private hovered: { source: SourceName; id: string } | null = null;
  private readonly waiting = new Map<SourceName, AnyCollection>();
  /** Sources with nothing in them, and layers that the legend hides: neither is drawn. */
  private readonly empty = new Set<string>(SOURCES);
  private hidden = new Set<string>();
  private ready = false;
  private frame = 0;
  private credits: IControl[] = [];
  private after: (() => void)[] = [];

  constructor(private readonly start: Start) {
    const { container, window: view, camera } = start;
    this.map = new OpaqueMap({
      container,
      style: mapStyle(FONT_FACES, FAMILY),
      ...(camera
        ? { center: [camera.lon, camera.lat] as [number, number], zoom: camera.zoom }
        : { bounds: view, fitBoundsOptions: { padding: 8 } }),
      attributionControl: false,
      // As good as none; 0 would place all labels anew in every frame, also where nothing moved.
      fadeDuration: 1,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      canvasContextAttributes: { preserveDrawingBuffer: false },
    });
    // Browser tests ask the map what it has drawn: an empty map looks like a quiet sea.
    Object.assign(container, { map: this.map });
    this.map.touchZoomRotate.disableRotation();
    this.map.getCanvas().setAttribute("aria-label", start.label);
    this.map.once("style.load", () => this.loaded());
    this.listen();
  }

  private loaded(): void {
    this.map.addImage(ARROW, arrowImage(), { pixelRatio: 2 });
    // A style cannot say it of GeoJSON. Before the first data: no tile is there yet.
    for (const name of WIDE_TILES) Object.assign(this.map.getSource(name) ?? {}, { tileSize: TILE_PX });
    this.map.once("render", () => (this.map.getCanvas().style.visibility = ""));
    this.ready = true;
    for (const [source, data] of this.waiting) this.setData(source, data);
    this.waiting.clear();
    for (const then of this.after) then();
    this.after = [];
    this.tellMoved();
  }

  private whenReady(then: () => void): void {
    if (this.ready) then();
    else this.after.push(then);
  }

  private listen(): void {
    this.map.on("click", (event) => {
      const hit = this.hitAt(event);
      this.start.events.click(hit, event.lngLat.lng, event.lngLat.lat);
    });
    this.map.on("mousemove", (event) => this.look(event));
    this.map.on("mouseout", () => this.hover(null, null));
    this.map.on("moveend", () => this.tellMoved());
  }

  /** Look what lies under the pointer once a frame, and not while the map moves. */
  private look(event: MapMouseEvent): void {
    if (this.map.isMoving()) return;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.hover(this.hitAt(event), event));
  }

  private hitAt(event: MapMouseEvent): Hit | null {
    if (!this.ready) return null;
    const { x, y } = event.point;
    const box: [[number, number], [number, number]] = [
      [x - SLACK_PX, y - SLACK_PX],
      [x + SLACK_PX, y + SLACK_PX],
    ];
    const layers = HIT_LAYERS.map(([id]) => id);
    const found = this.map.queryRenderedFeatures(box, { layers });
    const rank = (f: MapGeoJSONFeature) => layers.indexOf(f.layer.id);
    const top = found.sort((one, two) => rank(one) - rank(two))[0];
    if (!top) return null;
    return { source: top.source as SourceName, id: String(top.id), properties: top.properties };
  }

  private hover(hit: Hit | null, event: MapMouseEvent | null): void {
    if (this.hovered && (hit?.id !== this.hovered.id || hit.source !== this.hovered.source)) {
      this.map.setFeatureState(this.hovered, { hover: false });
      this.hovered = null;
    }
    if (hit && !this.hovered) {
      this.hovered = { source: hit.source, id: hit.id };
      this.map.setFeatureState(this.hovered, { hover: true });
    }
    this.map.getCanvas().style.cursor = hit ? "pointer" : "";
    this.start.events.hover(hit, event?.point.x ?? 0, event?.point.y ?? 0);
  }

  private tellMoved(): void {
    const { lng, lat } = this.map.getCenter();
    const box = this.map.getBounds();
    this.start.events.moved(
      { lon: lng, lat, zoom: this.map.getZoom() },
      [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()],
    );
  }

  /** Put data in a source; what comes before the style is there waits for it. */
  setData(source: SourceName, data: AnyCollection): void {
    if (!this.ready) {
      this.waiting.set(source, data);
      return;
    }
    this.map.getSource<GeoJSONSource>(source)?.setData(data);
    if (data.features.length > 0) this.empty.delete(source);
    else this.empty.add(source);
    this.showLayers();
  }

  /** An empty layer is hidden too: it would cost a clipping mask for each tile of its source. */
  private showLayers(): void {
    for (const id of this.map.getLayersOrder()) {
      const hidden = this.hidden.has(id) || this.empty.has(this.map.getLayer(id)?.source ?? "");
      this.map.setLayoutProperty(id, "visibility", hidden ? "none" : "visible");
    }
  }

  /** Show and hide layers as the legend's switches stand. */
  setOff(off: ReadonlySet<SwitchKey>, dim: boolean): void {
    this.whenReady(() => {
      const shut = (key: string) => off.has(key as SwitchKey) || (dim && key === "flows");
      this.hidden = new Set(Object.entries(SWITCHED).flatMap(([key, ids]) => (shut(key) ? ids : [])));
      this.showLayers();
      const without = shut("flows") ? new Set(off).add("flows") : off;
      for (const id of Object.keys(MODE_LAYERS)) this.map.setFilter(id, modeFilter(id, without));
    });
  }

  /** Ring around what is selected. */
  setSelected(selection: Selection | null): void {
    this.whenReady(() => {
      for (const [source, kind] of [
        ["zones", "zone"], ["ports", "terminal"], ["crossings", "border_crossing"],
      ] as const) {
        const id = selection?.kind === kind ? selection.id : "";
        const filter: FilterSpecification = ["==", ["get", "id"], id];
        this.map.setFilter(`${source}-selected`, filter);
      }
    });
  }

  /** Bring a box into view; people who asked for less motion get a jump. */
  fit(bounds: Bounds, maxZoom = 9): void {
    this.whenReady(() => this.map.fitBounds(bounds, { padding: MARGIN, maxZoom, duration: motion() }));
  }

  /** Bring a point into view, if it is not; a panel covers pixels at one end of the map. */
  show(lon: number, lat: number, covered = 0, atLeft = false): void {
    this.whenReady(() => {
      const { x, y } = this.map.project([lon, lat]);
      const { clientWidth: width, clientHeight: height } = this.map.getContainer();
      const hidden = Math.min(covered, width * 0.75);
      const [from, to] = atLeft ? [hidden, width] : [0, width - hidden];
      const edge = MARGIN / 2;
      if (x > from + edge && x < to - edge && y > edge && y < height - edge) return;
      const offset: [number, number] = [(from + to - width) / 2, 0];
      this.map.easeTo({ center: [lon, lat], offset, duration: motion() });
    });
  }

  zoomBy(step: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + step, duration: motion() });
  }

  /** Keep a second map on the same view. */
  follow(other: MapController): () => void {
    const move = () => {
      const [center, zoom] = [this.map.getCenter(), this.map.getZoom()];
      const there = other.map.getCenter();
      const same = Math.abs(there.lng - center.lng) + Math.abs(there.lat - center.lat) < 1e-9;
      if (!same || other.map.getZoom() !== zoom) other.map.jumpTo({ center, zoom });
    };
    this.map.on("move", move);
    return () => this.map.off("move", move);
  }

  /** Picture of the map as it stands, twice its size on screen where the screen allows. */
  async png(): Promise<Blob | null> {
    const canvas = this.map.getCanvas();
    return new Promise((resolve) => {
      // The drawing can be read only in the frame that made it.
      this.map.once("render", () => canvas.toBlob((blob) => resolve(blob), "image/png"));
      this.map.triggerRepaint();
    });
  }

  /** The same at once, as an address: paper takes no drawing of the graphics card. */
  picture(): string {
    this.map.redraw();
    return this.map.getCanvas().toDataURL("image/png");
  }

  /** Scale and origin of the base map, in the corner where the legend does not stand. */
  setCredits(text: string, rightToLeft: boolean): void {
    for (const control of this.credits) this.map.removeControl(control);
    this.credits = [
      new ScaleControl({ maxWidth: 120 }),
      new AttributionControl({ compact: false, customAttribution: text }),
    ];
    const corner = rightToLeft ? "bottom-right" : "bottom-left";
    for (const control of this.credits) this.map.addControl(control, corner);
  }

  setLabel(label: string): void {
    this.map.getCanvas().setAttribute("aria-label", label);
  }

  remove(): void {
    cancelAnimationFrame(this.frame);
    this.map.remove();
  }
}

function motion(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400;
}
