/** A tunnel's receiver that has no device with the id of the packet. */
import type { Link } from "../../../event/state.ts";
import { isFreedByTunnelReceiver, saysNoTunnelId } from "../../kernel/tunnels.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lastOuter } from "../shared/encapsulation.ts";
import { tunnelsOf } from "../shared/tunnel_devices.ts";
import { address, device, named, type Word } from "../word.ts";

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
    const here = tunnelsOf(subject, kind);
    const match = here.some(({ link }) =>
      link.tunnel!.external || link.tunnel!.id === outer.tunnelId
    );
    if (!named && match) return null;
    const list = here.map(({ link, netns }) =>
      `${placeOf(subject.node, netns, link.name)} has id ${link.tunnel!.id ?? "none"}`
    );
    const meant = candidate(here, subject.netns);
    const fix = meant && recreate(meant.link, outer.tunnelId ?? 0);
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
      fix?.flatMap((words) => command(subject.node, meant!.netns, words)),
    );
  },
};

/** The device that was meant to take it: the only one, or the only one of its namespace. */
function candidate(tunnels: { link: Link; netns: number }[], netns: number | undefined) {
  const near = tunnels.filter((tunnel) => tunnel.netns === netns);
  const of = near.length > 0 ? near : tunnels;
  return of.length === 1 ? of[0] : undefined;
}

/** An id can't be changed on a device: it is made anew with the same settings. */
function recreate(link: Link, id: number): Word[][] {
  const { local, remote, port } = link.tunnel!;
  const name = device(link.name);
  const settings = [
    ...["id", id],
    ...(local ? ["local", address(local)] : []),
    ...(remote ? ["remote", address(remote)] : []),
    ...(port ? ["dstport", port] : []),
  ];
  // One without the other would do harm: both, or none.
  if ([name, ...settings].includes(null)) return [];
  return [
    ["ip", "link", "del", name],
    ["ip", "link", "add", name, "type", named(link.kind), ...settings],
  ];
}
