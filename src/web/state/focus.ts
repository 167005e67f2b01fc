/// <reference lib="dom" />
/** The keyboard's focus, moved to what the views show after a change of the signals. */

let asked = 0;

/**
 * Moves the focus to an element that the next rendering shows; the last one asked for gets it. Preact
 * renders in a microtask, and this one comes behind it. It does not wait for a frame: a key that is
 * pressed before that frame would be taken for a command of the page, and with `/` and a fast word
 * the reader would be somewhere else.
 */
export function focusSoon(find: string | (() => HTMLElement | null | undefined)): void {
  const mine = ++asked;
  const element = () => typeof find === "string" ? document.getElementById(find) : find();
  queueMicrotask(() =>
    queueMicrotask(() => {
      if (mine === asked) element()?.focus({ preventScroll: true });
    })
  );
}
