/** IP in IP, or GRE, that no tunnel device takes. */
import type { Link } from "../../../event/state.ts";
import { isTakenByNoTunnel, isTakenByNoTunnelOrState } from "../../kernel/tunnels.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { risen } from "../shared/xfrm_counters.ts";
import { receiverKind, tunnelsOf } from "../shared/tunnel_devices.ts";
import { named } from "../word.ts";

const SHOWN_MAX = 4;

/**
 * The receiver has no device for these two ends.
 *
 * What else looks like it: a device that has both ends, is up, and refuses the packet for another reason:
 * nothing is said then.
 */
export const tunnelNoDevice: Rule = {
  id: "R139",
  title: "IP in IP, or GRE, that no device takes",
  statement:
    "Still encapsulated when freed where the kernel offers IP in IP, or GRE, to each tunnel device, and no device " +
    "of that kind that is up has these two ends, or takes any: `tunnel-blocked`, proven. One of another kind with " +
    "these ends is named. Where modules of IPsec are loaded their receiver frees it (`xfrm_input`): the same where no " +
    "state of IPsec was read, or `XfrmInNoStates` alone rose between the states before and after.",
  yields: ["tunnel-blocked"],
  judge(subject) {
    const { event, node } = subject;
    if (event.tunnelKind === undefined) return null;
    if (!isTakenByNoTunnel(event) && !isLeftByIpsec(subject)) return null;
    const kind = receiverKind(event);
    const here = tunnelsOf(subject, kind);
    if (here.some(({ link }) => takes(link, event))) return null;
    const another = [...node.states].flatMap(([inode, list]) =>
      list.at(-1)!.state.links.map((link) => ({ link, netns: inode }))
    ).find(({ link }) =>
      link.kind !== kind && takes(link, event) && link.tunnel!.remote !== undefined
    );
    const list = here.slice(0, SHOWN_MAX).map(({ link, netns }) =>
      `${placeOf(node, netns, link.name)} ${
        link.flags.includes("UP")
          ? `takes what ${link.tunnel!.remote ?? "anybody"} sends to ${
            link.tunnel!.local ?? "any address"
          }`
          : "is down"
      }`
    );
    return cause(
      "tunnel-blocked",
      "proven",
      `${node.name} received ${event.tunnelKind} from ${event.tunnelSource}, and no device there takes it: ${
        list.length > 0 ? list.join("; ") : `there is none of ${kind}`
      }${
        another === undefined
          ? ""
          : `; ${
            placeOf(node, another.netns, another.link.name)
          } has these ends, and takes ${another.link.kind}`
      }`,
      [
        eventEvidence(subject),
        ...(list.length > 0 ? list : [`no ${kind} device on this node`])
          .map((text) => stateEvidence(node, text)),
      ],
      command(node, subject.netns, ["ip", "-d", "link", "show", "type", named(kind)]),
    );
  },
};

/** IPsec was offered it last, and has no state for it: none at all, or so says the one counter that rose. */
function isLeftByIpsec({ event, before, after }: Case): boolean {
  if (!isTakenByNoTunnelOrState(event) || !before) return false;
  if (!before.xfrm.some((text) => /\bspi\b/.test(text))) return true;
  const counted = after ? risen(before, after, "XfrmIn") : [];
  return counted.length === 1 && counted[0] === "XfrmInNoStates";
}

/** The device has the packet's two ends, or takes what comes from anybody. */
function takes({ flags, tunnel }: Link, { tunnelSource, tunnelDestination }: Sighting): boolean {
  if (tunnel === undefined || !flags.includes("UP")) return false;
  return tunnel.external === true ||
    isAnyOr(tunnel.remote, tunnelSource) && isAnyOr(tunnel.local, tunnelDestination);
}

const isAnyOr = (own: string | undefined, address: string | undefined): boolean =>
  own === undefined || own === "any" || own === "0.0.0.0" || own === "::" || own === address;
