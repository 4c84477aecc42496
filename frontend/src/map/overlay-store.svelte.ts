/** The user's own CSV on the map. It stays in this browser; the data page offers it too. */
import { MOST_BYTES, readOverlay, type Overlay, type OverlayProblem } from "./overlay";

class OverlayStore {
  overlay = $state.raw<Overlay | null>(null);
  problems = $state.raw<OverlayProblem[]>([]);
  /** Name of the file that has the problems. */
  file = $state("");

  /** Read a file; one that is wrong leaves the overlay that was there. */
  async take(file: File): Promise<boolean> {
    this.file = file.name;
    const text = file.size > MOST_BYTES ? " ".repeat(MOST_BYTES + 1) : await file.text();
    const { overlay, problems } = readOverlay(file.name, text);
    this.problems = problems;
    if (overlay) this.overlay = overlay;
    return overlay !== null;
  }

  clear(): void {
    this.overlay = null;
    this.problems = [];
    this.file = "";
  }
}

export const overlays = new OverlayStore();
