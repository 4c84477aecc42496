/** Whether the window is small: charts drop what does not fit. */
const query = typeof matchMedia === "function" ? matchMedia("(max-width: 767px)") : null;

class Size {
  small = $state(query?.matches ?? false);

  constructor() {
    query?.addEventListener("change", (event) => (this.small = event.matches));
  }
}

export const size = new Size();
