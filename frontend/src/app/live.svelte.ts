/** Messages for people who do not see the page change (WCAG 4.1.3). */
class Live {
  message = $state("");
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Say a message in the polite live region. */
  say(message: string): void {
    // An equal message is not read twice unless the region was empty in between.
    this.message = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.message = message), 50);
  }
}

export const live = new Live();
