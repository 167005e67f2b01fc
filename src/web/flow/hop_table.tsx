/// <reference lib="dom" />
/** The path as a list: what the drawing shows, to be read, copied and spoken by screen readers. */
import { holderWords } from "../../event/holder_names.ts";
import type { Encapsulation, Hop } from "../../event/report.ts";
import { endsName, tunnelName, tunnelShort } from "../../words/ends.ts";
import { label } from "../../words/escape.ts";
import { STAGE_WORDS } from "../../words/outcome.ts";
import { roomMax, roomWords } from "../../words/place.ts";
import { hopTimes } from "../../words/hop_times.ts";
import { elapsedLong } from "../../words/time.ts";
import { preciseHere } from "../parts/precise.ts";
import { Chunked, type Item } from "../parts/chunked.tsx";
import { Name } from "../parts/text.tsx";
import { PAGE } from "../parts/writing.ts";

/** A packet in a loop has hundreds of hops: pixels of one, and how many are drawn together. */
const HOPS = { height: 44, size: 25 };

/** Every hop of a path in order. */
export function HopTable({ path }: { path: readonly Hop[] }) {
  const { sinceBeforeNs, stays, slowest } = hopTimes(path);
  const totals = new Map(stays.map(({ from, to, totalNs }) => [from, from < to ? totalNs : null]));
  return (
    <section class="hops">
      <h3>
        Hop by hop{" "}
        <span class="quiet">time since the hop before on the same node, by its clock</span>
      </h3>
      <Chunked items={path} {...HOPS}>
        {(hop, item, i) => (
          <HopRow
            key={i}
            item={item}
            hop={hop}
            sinceNs={sinceBeforeNs[i]!}
            slowest={i === slowest}
            totalNs={totals.get(i) ?? null}
            newNode={totals.has(i)}
            last={i === path.length - 1}
          />
        )}
      </Chunked>
    </section>
  );
}

/** The tunnel in full where it is put on or taken off; in between its kind and id. */
const tunnelWords = (hop: Hop, encap: Encapsulation): string =>
  hop.stage === "encapsulate" || hop.stage === "decapsulate"
    ? tunnelName(encap, PAGE)
    : `in ${tunnelShort(encap, PAGE)}`;

interface HopRowProps {
  item: Item;
  hop: Hop;
  /** Since the hop before; null where another clock told that, 0 where one sighting told both. */
  sinceNs: bigint | null;
  slowest: boolean;
  /** From the first to the last hop of a stay on this node, at its first hop. */
  totalNs: bigint | null;
  newNode: boolean;
  last: boolean;
}

function HopRow({ item, hop, sinceNs, slowest, totalNs, newNode, last }: HopRowProps) {
  const details = [
    newNode && hop.at !== undefined ? preciseHere(hop.at, [hop.node]) : undefined,
    hop.translated && `now ${endsName(hop.translated, PAGE)}`,
    hop.encap && tunnelWords(hop, hop.encap),
    hop.function,
    hop.reason,
    holderWords(hop) && `netns ${hop.netns}`,
  ].filter((one) => one !== undefined);
  return (
    <div
      {...item}
      class={`hop ${newNode ? "new-node" : ""} ${hop.stage === "drop" ? "fatal" : ""}`}
    >
      <span class="node">
        {newNode
          ? <Name value={hop.node} max={28} />
          : <span class="unseen">{label(hop.node)}</span>}
      </span>
      <span class={`since${slowest ? " slowest" : ""}`}>
        {slowest && <span class="unseen">slowest:</span>}
        {sinceNs !== null && sinceNs > 0n && `+${elapsedLong(sinceNs)}`}
        {totalNs !== null && <span class="total">total {elapsedLong(totalNs)}</span>}
      </span>
      <span class="device">
        <Name value={hop.device} max={24} />{" "}
        <span class="netns">{label(roomWords(hop), roomMax(hop, 24))}</span>
      </span>
      <span class="stage">
        {STAGE_WORDS[hop.stage] ?? label(hop.stage, 20)}
        {last && <span class="unseen">, last hop</span>}
      </span>
      {details.length > 0 && (
        <span class="details">{details.map((one) => label(one, 160)).join(" · ")}</span>
      )}
    </div>
  );
}
