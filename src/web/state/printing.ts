/// <reference lib="dom" />
/** Whether the page is being printed: then it is a whole incident, which would be too much otherwise. */
import { signal } from "@preact/signals";

/** True from before the print is laid out until it is done. */
export const printing = signal(false);

/** Follows the browser's prints. */
export function watchPrints(): void {
  addEventListener("beforeprint", () => printing.value = true);
  addEventListener("afterprint", () => printing.value = false);
  // What shows a print on the screen tells it so alone.
  matchMedia("print").addEventListener("change", ({ matches }) => printing.value = matches);
}
