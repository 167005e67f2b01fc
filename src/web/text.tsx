/// <reference lib="dom" />
/** Text that others wrote: always as text, invisible characters spelled out, never endless. */
import { useState } from "preact/hooks";
import { clipEnd, visible } from "./escape.ts";
import { grouped } from "./format.ts";

interface TextProps {
  value: string;
  /** Characters shown before the reader asks for the rest. */
  max?: number;
  mono?: boolean;
}

/** In running text; a long one ends in a button that shows it whole. */
export function Text({ value, max = 400, mono = false }: TextProps) {
  const [whole, setWhole] = useState(false);
  const clipped = value.length > max && !whole;
  const shown = visible(clipped ? clipEnd(value, max) : value);
  return (
    <>
      <bdi class={mono ? "mono" : undefined}>{shown}</bdi>
      {value.length > max && (
        <button type="button" class="more" onClick={() => setWhole(!whole)}>
          {clipped ? `show all ${grouped(value.length)} characters` : "show less"}
        </button>
      )}
    </>
  );
}

/** One name in one line; the whole of it, within reason, as a tooltip. */
export function Name({ value, max = 48 }: TextProps) {
  const shown = visible(clipEnd(value, max));
  return (
    <bdi class="mono" title={value.length > max ? visible(clipEnd(value, 1_000)) : undefined}>
      {shown}
    </bdi>
  );
}
