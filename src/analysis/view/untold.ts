/** What a node saw and did not tell, because there was too much to tell. Rule O22. */
import type { Gap } from "../../event/gaps.ts";
import type { Stretch } from "./covered.ts";
import type { NodeView } from "./timeline.ts";

/** Scripts that have a share of their own of what is told. */
const RARE_SCRIPTS: readonly string[] = ["drop", "icmp_error", "reset"];
/** Stands for all, where nobody says which scripts would have seen it. */
export const EVERY_SCRIPT: readonly string[] = ["device_rx", ...RARE_SCRIPTS];

/**
 * [O22] Why a packet of this rank may have passed a node untold: it told only some packets. `span` is by
 * its own clock; null for all of its time. A packet is told in a stretch when it is of its rank.
 */
export function untoldIn(
  node: NodeView,
  span: { from: number; to: number } | null,
  rank: () => number,
  scripts: readonly string[],
): Gap | null {
  if (node.sampled.length === 0) return null;
  const [drops, hops] = [true, false].map((isDrop) =>
    scripts.some((name) => RARE_SCRIPTS.includes(name) === isDrop)
  );
  const told = rank();
  const stretch = node.sampled.find(({ from, to, rank, dropRank }) =>
    ((hops && rank > told) || (drops && dropRank > told)) &&
    isIn({ from, to }, span)
  );
  if (!stretch) return null;
  const time = span ? "at that time" : "while it was watched";
  return { code: "sampled", text: `${node.name} told only some packets ${time}` };
}

/** What has a beginning and an end, as `at`s. */
export type Lasting = Pick<Stretch, "from" | "to">;

/** Of no time that is known any stretch is. */
export const isIn = ({ from, to }: Lasting, span: { from: number; to: number } | null): boolean =>
  !span || (from <= span.to && to >= span.from);
