/// <reference lib="dom" />
/** The path as a list: what the drawing shows, to be read, copied and spoken by screen readers. */
import type { Encapsulation, Hop } from "../../event/report.ts";
import { endsName, tunnelName, tunnelShort } from "../../words/ends.ts";
import { label } from "../../words/escape.ts";
import { STAGE_WORDS } from "../../words/outcome.ts";
import { netnsName } from "../../words/place.ts";
import { elapsedLong, sinceFirstOnNode } from "../../words/time.ts";
import { Name } from "../parts/text.tsx";
import { PAGE } from "../parts/writing.ts";

/** Every hop of a path in order. */
export function HopTable({ path }: { path: readonly Hop[] }) {
  const times = sinceFirstOnNode(path);
  return (
    <section class="hops">
      <h3>
        Hop by hop <span class="quiet">times since the first hop on the same node</span>
      </h3>
      <ol>
        {path.map((hop, i) => (
          <HopRow
            key={i}
            hop={hop}
            since={times[i]!}
            newNode={path[i - 1]?.node !== hop.node}
            last={i === path.length - 1}
          />
        ))}
      </ol>
    </section>
  );
}

/** The tunnel in full where it is put on or taken off; in between its kind and id. */
const tunnelWords = (hop: Hop, encap: Encapsulation): string =>
  hop.stage === "encapsulate" || hop.stage === "decapsulate"
    ? tunnelName(encap, PAGE)
    : `in ${tunnelShort(encap, PAGE)}`;

interface HopRowProps {
  hop: Hop;
  since: bigint;
  newNode: boolean;
  last: boolean;
}

function HopRow({ hop, since, newNode, last }: HopRowProps) {
  const details = [
    hop.translated && `now ${endsName(hop.translated, PAGE)}`,
    hop.encap && tunnelWords(hop, hop.encap),
    hop.function,
    hop.reason,
    hop.pod && `pod ${hop.pod}`,
  ].filter((one) => one !== undefined);
  return (
    <li class={`${newNode ? "new-node" : ""} ${hop.stage === "drop" ? "fatal" : ""}`}>
      <span class="node">
        {newNode
          ? <Name value={hop.node} max={28} />
          : <span class="unseen">{label(hop.node)}</span>}
      </span>
      <span class="since">+{elapsedLong(since)}</span>
      <span class="device">
        <Name value={hop.device} max={24} />{" "}
        <span class="netns">{label(netnsName(hop.netns), 24)}</span>
      </span>
      <span class="stage">
        {STAGE_WORDS[hop.stage] ?? label(hop.stage, 20)}
        {last && <span class="unseen">, last hop</span>}
      </span>
      {details.length > 0 && (
        <span class="details">{details.map((one) => label(one, 160)).join(" · ")}</span>
      )}
    </li>
  );
}
