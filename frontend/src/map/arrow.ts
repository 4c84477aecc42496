/** The arrow head on flows, drawn pixel by pixel: no image file, no canvas. */

export const ARROW = "flow-arrow";
const SIZE = 20;

/** Coverage of a pixel by a triangle that points along +x; 1 inside, 0 outside, soft at its rim. */
function inside(x: number, y: number, margin: number): number {
  const back = x - margin;
  const half = (SIZE - margin - x) / 2 - margin / 2;
  const edge = Math.min(back, half - Math.abs(y - SIZE / 2));
  return Math.max(0, Math.min(1, edge + 0.5));
}

/** A white arrow head with a dark rim, as MapLibre takes it. */
export function arrowImage(): { width: number; height: number; data: Uint8Array } {
  const data = new Uint8Array(SIZE * SIZE * 4);
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const rim = inside(x + 0.5, y + 0.5, 1);
      const core = inside(x + 0.5, y + 0.5, 3.5);
      const at = (y * SIZE + x) * 4;
      const shade = (dark: number) => Math.round(dark + (255 - dark) * core);
      data.set([shade(0x1f), shade(0x29), shade(0x33), Math.round(255 * rim)], at);
    }
  return { width: SIZE, height: SIZE, data };
}
