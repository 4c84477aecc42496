/** Axes of a drawing: round ticks, and scales between values and pixels. */

export interface Scale {
  /** Pixel of a value. */
  at: (value: number) => number;
  /** Value of a pixel. */
  back: (pixel: number) => number;
  /** Values that get a label. */
  ticks: number[];
}

const STEPS = [1, 2, 2.5, 5, 10];

/** Smallest round step that needs at most `most` intervals for the span. */
export function roundStep(span: number, most: number): number {
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * STEPS.find((step) => step * power >= raw * (1 - 1e-9))!;
}

/**
 * Round values from 0, or from below it, up to the first that covers all of `values`; with `near`
 * from the last round value below them, so that points far from 0 fill the drawing.
 */
export function roundTicks(values: number[], most = 5, near = false): number[] {
  const all = near && Math.max(...values) > Math.min(...values) ? values : [0, ...values];
  const low = Math.min(...all);
  const high = Math.max(...all);
  if (!(high > low)) return [0, 1];
  const step = roundStep(high - low, most);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  // Sums of steps would drift: 0.1 + 0.2 is not 0.3.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Scale whose ends are the first and the last tick. */
export function amountScale(ticks: number[], from: number, to: number): Scale {
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  return {
    at: (value) => from + ((value - low) / (high - low)) * (to - from),
    back: (pixel) => low + ((pixel - from) / (to - from)) * (high - low),
    ticks,
  };
}

/** Scale of categories, each in the middle of its share; as many labels as there is room for. */
export function categoryScale(count: number, from: number, to: number, label_px: number): Scale {
  const share = (to - from) / Math.max(1, count);
  const every = Math.max(1, Math.ceil(label_px / share));
  return {
    at: (index) => from + (index + 0.5) * share,
    back: (pixel) => (pixel - from) / share - 0.5,
    ticks: Array.from({ length: count }, (_, i) => i).filter((i) => i % every === 0),
  };
}
