/** Two ends of a GRE tunnel that do not agree on checksums or numbers. */
import type { Link } from "../../../event/state.ts";
import { isRefusedByTunnelReceiver } from "../../kernel/tunnels.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { encapsulation, lastOuter } from "../shared/encapsulation.ts";
import { receivedIdOf, tunnelsOf } from "../shared/tunnel_devices.ts";
import { device } from "../word.ts";

const GRE = ["gre", "gretap", "ip6gre", "ip6gretap"];

/**
 * As `ip_tunnel_rcv` compares them (Linux 5.10 to 7.2). It frees in the same place what is congested
 * without saying so to its sender, and what it can't cut: with options that differ it frees all.
 */
export const tunnelOptionsMismatch: Rule = {
  id: "R187",
  title: "Options of the two ends of a GRE tunnel",
  statement:
    "Freed without a reason where GRE's receiver has found its device, and the options of the " +
    "device with these ends and this key were read: it demands a checksum or a number that the sender's " +
    "device does not write, or takes no checksum and that one writes it: `tunnel-options-mismatch`, " +
    "proven; likely where the sender's device was not read and this one demands either, or where both " +
    "agree on numbers, which come too late then.",
  yields: ["tunnel-options-mismatch"],
  judge(subject) {
    const { event, node } = subject;
    if (!isRefusedByTunnelReceiver(event)) return null;
    const outer = event.tunnelKind ? event : lastOuter(subject);
    if (!outer || !GRE.some((kind) => kind.endsWith(outer.tunnelKind!))) return null;
    const own = ownDevice(subject, outer);
    if (!own) return null;
    const way = encapsulation(subject);
    const there = way?.at && way.link?.tunnel ? { at: way.at, link: way.link } : null;
    const found = differenceOf(own.link, there?.link);
    if (!found) return null;
    const here = placeOf(node, own.netns, own.link.name);
    const far = there && placeOf(there.at.node, there.at.netns, there.link.name);
    return cause(
      "tunnel-options-mismatch",
      found.isSure ? "proven" : "likely",
      `${here} ${found.own}${found.other === undefined ? "" : `, and ${far} ${found.other}`}`,
      [
        eventEvidence(subject),
        stateEvidence(node, optionsOf(own.link)),
        ...(there ? [stateEvidence(there.at.node, optionsOf(there.link))] : []),
      ],
      [
        ...(there ? command(there.at.node, there.at.netns, shown(there.link)) : []),
        ...command(node, own.netns, shown(own.link)),
      ],
    );
  },
};

const shown = ({ name }: Link) => ["ip", "-d", "link", "show", "dev", device(name)];

const optionsOf = ({ name, tunnel }: Link): string =>
  `${name}: ${tunnel!.options?.join(" ") || "neither checksums nor numbers"}`;

/** The only device of the namespace that such a packet is given to. */
function ownDevice(subject: Case, outer: Case["event"]) {
  const found = GRE.filter((kind) => kind.endsWith(outer.tunnelKind!))
    .flatMap((kind) => tunnelsOf(subject, kind))
    .filter(({ netns, link, link: { tunnel } }) =>
      netns === subject.netns && tunnel!.remote === outer.tunnelSource &&
      (tunnel!.local ?? outer.tunnelDestination) === outer.tunnelDestination &&
      (receivedIdOf(link) ?? 0) === (outer.tunnelId ?? 0)
    );
  return found.length === 1 ? found[0]! : null;
}

/** What the one end does and the other does not; null where their options are no reason to refuse. */
function differenceOf(
  own: Link,
  sender: Link | undefined,
): { own: string; other?: string; isSure: boolean } | null {
  const demands = (option: string) => own.tunnel!.options?.includes(option) ?? false;
  const writes = (option: string) => sender?.tunnel?.options?.includes(option) ?? false;
  if (!sender) {
    const demanded = [
      ...(demands("icsum") ? ["a checksum (icsum)"] : []),
      ...(demands("iseq") ? ["numbers that rise (iseq)"] : []),
    ];
    return demanded.length === 0
      ? null
      : { own: `takes only what has ${demanded.join(" and ")}`, isSure: false };
  }
  if (demands("icsum") && !writes("ocsum")) {
    return {
      own: "takes only what has a checksum (icsum)",
      other: "writes none (no ocsum)",
      isSure: true,
    };
  }
  if (!demands("icsum") && writes("ocsum")) {
    return {
      own: "takes nothing that has a checksum (no icsum)",
      other: "writes one (ocsum)",
      isSure: true,
    };
  }
  if (!demands("iseq")) return null;
  return writes("oseq")
    ? {
      own: "takes only numbers that rise (iseq), and has seen higher ones",
      other: "numbers what it sends (oseq), as from its beginning",
      isSure: false,
    }
    : {
      own: "takes only what is numbered (iseq)",
      other: "numbers nothing (no oseq)",
      isSure: true,
    };
}
