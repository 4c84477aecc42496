/** Whether single keys act; the choice stays in this browser (WCAG 2.1.4). */
const KEY = "opencorridor.shortcuts";

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

class Shortcuts {
  on = $state(stored());

  set(on: boolean): void {
    this.on = on;
    try {
      localStorage.setItem(KEY, on ? "on" : "off");
    } catch {
      // Without storage the choice holds until the page is loaded again.
    }
  }
}

export const shortcuts = new Shortcuts();
