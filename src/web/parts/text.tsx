/// <reference lib="dom" />
/** Text that others wrote: invisible characters are spelled out, and a long text is cut. */
import { useState } from "preact/hooks";
import { clipEnd, visible } from "../../words/escape.ts";
import { copyText } from "../state/clipboard.ts";
import { grouped } from "./writing.ts";

interface TextProps {
  value: string;
  /** Characters shown before the reader asks for the rest. */
  max?: number;
  mono?: boolean;
}

/** Characters added at once: to lay out a megabyte would freeze the page. */
const STEP = 20_000;

/** A text of any length. A long one ends in buttons that show more of it, and copy all of it. */
export function Text({ value, max = 400, mono = false }: TextProps) {
  const [shown, setShown] = useState(max);
  const isCut = value.length > shown;
  return (
    <>
      <bdi class={mono ? "mono" : undefined}>{visible(isCut ? clipEnd(value, shown) : value)}</bdi>
      {isCut && (
        <button type="button" class="more" onClick={() => setShown(shown + STEP)}>
          show more of {grouped(value.length)} characters
        </button>
      )}
      {value.length > STEP && <CopyAll value={value} />}
    </>
  );
}

function CopyAll({ value }: { value: string }) {
  const [done, setDone] = useState("copy all");
  const copy = async () => setDone(await copyText(value) ? "copied" : "no clipboard");
  return <button type="button" class="more" onClick={copy}>{done}</button>;
}

/** One name in one line. Its tooltip shows up to 1,000 characters of it. */
export function Name({ value, max = 48 }: TextProps) {
  const shown = visible(clipEnd(value, max));
  return (
    <bdi
      class={shown.length <= 20 ? "mono short" : "mono"}
      title={value.length > max ? visible(clipEnd(value, 1_000)) : undefined}
    >
      {shown}
    </bdi>
  );
}
