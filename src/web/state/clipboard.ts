/// <reference lib="dom" />
/** Copies text; also where a page that came without TLS has no clipboard object. */
import { signal } from "@preact/signals";
import { linkToShown } from "./model.ts";

/** Copies a text. False when the browser does not let the page do it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** What is to be said of the link after it was asked for: whether it was copied. */
export const linkCopied = signal<boolean | null>(null);
const SAID_MS = 4_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Copies the link to what is shown. */
export async function copyLink(): Promise<void> {
  linkCopied.value = await copyText(linkToShown());
  clearTimeout(timer);
  timer = setTimeout(() => linkCopied.value = null, SAID_MS);
}

/** Plain http to another machine has no clipboard object, but this old way. */
function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.className = "unseen";
  area.value = text;
  document.body.append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
