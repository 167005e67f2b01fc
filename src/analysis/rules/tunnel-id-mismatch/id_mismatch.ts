/** A tunnel's receiver that has no device with the id of the packet. */
import type { Link } from "../../../event/state.ts";
import { isFreedByTunnelReceiver, saysNoTunnelId } from "../../kernel/tunnels.ts";
import type { NodeView } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { encapsulation, lastOuter } from "../shared/encapsulation.ts";
import { receivedIdOf, receiverKind, tunnelsOf } from "../shared/tunnel_devices.ts";
import { device } from "../word.ts";

/** The receiver has no tunnel with that id. */
export const tunnelIdMismatch: Rule = {
  id: "R20",
  statement: "Freed by the tunnel's receiver, and no device of this node has that id: " +
    "`tunnel-id-mismatch`.",
  yields: ["tunnel-id-mismatch"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop") return null;
    const named = saysNoTunnelId(event);
    if (!named && !isFreedByTunnelReceiver(event)) return null;
    const outer = event.tunnelKind ? event : lastOuter(subject);
    if (!outer) return null;
    const kind = outer.tunnelKind!;
    const here = tunnelsOf(subject, receiverKind(outer));
    const match = here.some(({ link }) => takes(link, outer));
    if (!named && (match || isWithoutId(here, outer))) return null;
    const set = here.filter(({ link }) => !isIdleFallback(link));
    const list = set.map(({ link, netns }) =>
      `${placeOf(subject.node, netns, link.name)} has id ${receivedIdOf(link) ?? "none"}${
        ofItsOwn(link)
      }`
    );
    return cause(
      "tunnel-id-mismatch",
      named ? "proven" : "likely",
      `${subject.node.name} received ${kind} id ${outer.tunnelId} from ${outer.tunnelSource}, and has no ${kind} device with that id${
        list.length > 0 ? ` (${list.join("; ")})` : ""
      }`,
      [
        eventEvidence(subject, `${kind} id ${outer.tunnelId}`),
        ...list.map((text) => stateEvidence(subject.node, text)),
      ],
      // Which of the two ends is wrong, no state tells.
      ends(subject, set.map(({ link, netns }) => ({ node: subject.node, netns, link }))),
    );
  },
};

const ofItsOwn = ({ tunnel }: Link): string =>
  tunnel!.receivedId === undefined ? "" : " for what comes, another one for what it sends";

/** GRE without a key tells an id of 0, and its device tells none. */
function takes(link: Link, { tunnelId }: Case["event"]): boolean {
  const { tunnel } = link;
  const id = receivedIdOf(link);
  if (tunnel!.external || id === tunnelId) return true;
  return tunnelId === 0 && id === undefined && !isIdleFallback(link);
}

/** The device that each namespace has of its own (`gre0`), without ends and id: while it is down it takes nothing. */
const isIdleFallback = ({ tunnel, flags }: Link): boolean =>
  tunnel!.id === undefined && tunnel!.local === undefined && tunnel!.remote === undefined &&
  !tunnel!.external && !flags.includes("UP");

/** Neither the packet nor a device here has a key: whatever is wrong, it is no key. */
const isWithoutId = (here: readonly { link: Link }[], { tunnelId }: Case["event"]): boolean =>
  tunnelId === 0 && here.length > 0 && here.every(({ link }) => receivedIdOf(link) === undefined);

interface End {
  node: NodeView;
  netns: number | undefined;
  link: Link;
}

/** Shows the settings of both ends, as far as they are probed. */
function ends(subject: Case, here: readonly End[]): string[] {
  const way = encapsulation(subject);
  const sender = way?.at && way.link
    ? [{ node: way.at.node, netns: way.at.netns, link: way.link }]
    : [];
  const near = here.filter(({ netns }) => netns === subject.netns);
  return [...sender, ...(near.length > 0 ? near : here)].slice(0, 3).flatMap((end) =>
    command(end.node, end.netns, ["ip", "-d", "link", "show", "dev", device(end.link.name)])
  );
}
