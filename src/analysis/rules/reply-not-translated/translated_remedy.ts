/** What would have an answer translated back. */
import type { Link } from "../../../event/state.ts";
import { TCP, TCP_FLAGS } from "../../kernel/protocols.ts";
import { refusersOfBridged } from "../../netfilter/bridged.ts";
import { stateAt, sysctl } from "../../view/state_view.ts";
import type { Step } from "../../correlate/steps.ts";
import type { Sighting } from "../../view/timeline.ts";
import { checked, lookAt } from "../shared/checked.ts";
import type { Translation } from "../shared/translated_at.ts";

/** How the answer was bridged, and the setting that kept netfilter from it. */
interface Bridged {
  into: Sighting;
  out: Sighting;
  bridge: Link | undefined;
  setting: string;
}

/**
 * Netfilter is called for bridged packets, where its rules as read let this answer pass: they are asked
 * about all packets of the bridge then.
 */
export function callingNetfilter({ node, netns }: Translation, way: Bridged): string[] {
  const { into, out, bridge, setting } = way;
  const state = stateAt(node, netns, into.at);
  if (sysctl(state, setting) === undefined) {
    return lookAt(`load br_netfilter on ${node.name}, which sets ${setting} to 1`);
  }
  const lines = checked({
    ...{ node, netns, state },
    changes: [{ do: "set-sysctl", name: setting, value: 1 }],
    passes: (after) => {
      if (sysctl(after, setting) !== "1") return false;
      const { list, cut } = refusersOfBridged(after, into, { out, bridge });
      return list.length === 0 && !cut;
    },
  });
  return lines.length > 0 ? lines : lookAt(
    `${setting} has to be 1, and then the rules of netfilter there must let bridged packets pass`,
  );
}

/**
 * Connection tracking takes segments outside the window, too. It helps where the entry was there (an
 * answer was translated after this one, or its number is none that could follow those before), and
 * where the segment is a plain one: for a lost entry or odd flags it does nothing.
 */
export function liberal(
  { node, netns }: Translation,
  stray: Sighting,
  others: readonly (readonly Step[])[],
): string[] {
  const state = stateAt(node, netns, stray.at);
  const seen = others.flatMap((steps) =>
    steps.map(({ event }) => event).filter((event) => event.node === node && event.netns === netns)
      .slice(0, 1)
  );
  const setting = "net.netfilter.nf_conntrack_tcp_be_liberal";
  const flags = stray.tcpFlags ?? 0;
  const isPlain = stray.protocol === TCP && (flags & TCP_FLAGS.syn) === 0 &&
    (flags & (TCP_FLAGS.ack | TCP_FLAGS.rst)) !== 0;
  const wasKnown = seen.some((event) => event.at > stray.at) || isOutOfPlace(stray, seen);
  if (!isPlain || !wasKnown) return [];
  return checked({
    ...{ node, netns, state },
    changes: [{ do: "set-sysctl", name: setting, value: 1 }],
    passes: (after) => sysctl(after, setting) !== undefined && sysctl(after, setting) !== "0",
  });
}

/** It begins behind the end of all answers before it, or ends before the first of them. */
function isOutOfPlace(stray: Sighting, seen: readonly Sighting[]): boolean {
  const from = stray.tcpSequence;
  const ranges = seen.filter((event) => event.at < stray.at).flatMap((event) =>
    event.tcpSequence === undefined ? [] : [{
      begin: event.tcpSequence,
      end: event.tcpSequence + (event.payload ?? 0) + hasNumber(event),
    }]
  );
  if (from === undefined || ranges.length === 0) return false;
  const end = from + (stray.payload ?? 0);
  return ranges.every((each) => after(from, each.end)) ||
    ranges.every((each) => after(each.begin, end));
}

/** SYN and FIN take a number as a byte does. */
const hasNumber = ({ tcpFlags = 0 }: Sighting): number =>
  (tcpFlags & (TCP_FLAGS.syn | TCP_FLAGS.fin)) === 0 ? 0 : 1;

/** Sequence numbers go round. */
const after = (a: number, b: number): boolean => ((a - b) | 0) > 0;
