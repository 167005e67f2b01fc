/// <reference lib="dom" />
/** The browser's own search sees what is an element of the page: of long lists what is near to be seen. */
import { signal } from "@preact/signals";

/** True for a while after the reader opened the browser's search. */
export const isFinding = signal(false);

const TOLD_MS = 15_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes a key that the browser takes, too. */
export function watchFind({ key, ctrlKey, metaKey }: KeyboardEvent): void {
  if (!(ctrlKey || metaKey) || key.toLowerCase() !== "f") return;
  isFinding.value = true;
  clearTimeout(timer);
  timer = setTimeout(() => isFinding.value = false, TOLD_MS);
}
