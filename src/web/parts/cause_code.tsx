/// <reference lib="dom" />
/** A cause's code, which leads to what it means, how lasthop knows and what to do. */
import { visible } from "../../words/escape.ts";

/** The code as a link to its section of the page of causes. */
export function CauseCode({ code }: { code: string }) {
  return (
    <a
      href={`/causes.html#${encodeURIComponent(code)}`}
      target="_blank"
      rel="noreferrer"
      title="what it means, how lasthop knows, what to do"
    >
      <code>{visible(code).slice(0, 40)}</code>
    </a>
  );
}
