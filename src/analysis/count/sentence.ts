/** What was counted of a flow, in words. Rules O24, O32. */
import { rfc3339 } from "../view/rfc3339.ts";
import { wallMsAt } from "../view/time_of_day.ts";
import type { NodeView } from "../view/timeline.ts";
import type { Pair } from "./figures.ts";
import { nameOf } from "./place_name.ts";
import type { Place } from "./places.ts";

/** `1,234,567`: a sentence is for people. */
const many = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
const packetsText = (number: number): string =>
  `${many(number)} ${number === 1 ? "packet" : "packets"}`;
/** Hours, minutes and seconds of the day in UTC. */
const clock = (node: NodeView, at: number): string => rfc3339(wallMsAt(node, at)).slice(11, 19);
const SECOND_NS = 1e9;

/** What of the report is counted, and what is of packets that were told. */
export function tracedOf(seen: number, counted: "none" | "figures" | "outcome"): string {
  const told = `${packetsText(seen)} told one by one`;
  if (counted === "none") return `Outcomes are of the ${told}.`;
  if (counted === "figures") return `Its figures are counted, its outcome is of the ${told}.`;
  return `Its figures and its outcome are counted: of the ${told} not all could be followed to their end.`;
}

/** `with 1,234 bytes of payload`, after a space; "" where that is not known. */
const withBytes = (bytes: number | undefined): string =>
  bytes === undefined ? "" : ` with ${many(bytes)} ${bytes === 1 ? "byte" : "bytes"} of payload`;

/** What all places together tell. */
export interface Sums {
  packets: number;
  /** All that were counted at the first place, also those of which nothing is known. */
  counted: number;
  lost: number;
  /** No more of `packets` were lost; undefined: `lost` is all. */
  most: number | undefined;
  isLeast: boolean;
  bytes: number | undefined;
  lostBytes: number | undefined;
}

/** What was counted of a flow, in one sentence; `from` and `to`: its first and last place. */
export function sentenceOf(
  { packets, counted: all, lost, most, isLeast, bytes, lostBytes }: Sums,
  from: Place,
  to: Place,
  pairs: readonly Pair[],
): string {
  const [{ a, found }] = pairs as [typeof pairs[number]];
  // What was before is not known, and what came after may be under way.
  const [since, until] = [found.since, found.until + SECOND_NS].map((at) => clock(a.node, at));
  const goesOn = pairs.some(({ found }) => found.goesOn);
  const isSince = isLeast || pairs.some(({ found }) => found.leftOut !== undefined);
  const counted = `Counted${isSince ? ` since ${since}` : ""}${goesOn ? ` up to ${until}` : ""}${
    isSince || goesOn ? " UTC" : ""
  }`;
  // Since when is the earliest: of some that came after it nothing is known.
  const isPart = isSince && all > packets;
  const known = isPart ? `${many(packets)} of ${packetsText(all)}` : packetsText(packets);
  const because = "because the kernel left out runs of the scripts that count";
  if (lost === 0 && most !== undefined) {
    return `${counted}: of ${known}${withBytes(bytes)} from ${nameOf(from)} no more than ${
      many(most)
    } can have been lost on the way to ${nameOf(to)}; how many is not known, ${because}.`
      .slice(0, 900);
  }
  if (lost === 0) {
    return `${counted}: ${isPart ? known : `all ${known}`}${withBytes(bytes)} from ${
      nameOf(from)
    } came to ${nameOf(to)}${isPart ? "; what became of the others is not known" : ""}.`
      .slice(0, 900);
  }
  const parts = pairs.filter(({ found }) => found.lost > 0).map(({ a, b, found }) =>
    `${many(found.lost)} between ${nameOf(a)} and ${nameOf(b)}, from ${
      clock(a.node, found.from)
    } to ${clock(a.node, found.to + SECOND_NS)}`
  );
  const atMost = isLeast ? undefined : most;
  const least = isLeast || most !== undefined ? "at least " : "";
  return `${counted}: of ${known}${withBytes(bytes)} ${least}${many(lost)} ${
    lost === 1 ? "was" : "were"
  } lost${withBytes(lostBytes)}: ${parts.join("; ")} UTC.${
    atMost === undefined ? "" : ` It may be up to ${many(atMost)}, ${because}.`
  }`.slice(0, 900);
}
