/** A tunnel device that has no remote for the frame. */
import { isInBridge } from "../../kernel/bridge.ts";
import { isInRemoteLookup, saysNoRemote } from "../../kernel/tunnels.ts";
import { lookUpRoute } from "../../view/routing.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";
import { endpointOf, keeperWords, leadsTo, nodeOfMac, toEndpoint } from "../shared/tunnel_way.ts";
import { device as deviceWord } from "../word.ts";

/** The tunnel device had no destination for the frame. */
export const tunnelNoEndpoint: Rule = {
  id: "R22",
  statement:
    "The tunnel device had no remote for the frame: `tunnel-no-endpoint`. Of a device in " +
    "external mode only where the kernel says so, because the other end comes with the packet there.",
  yields: ["tunnel-no-endpoint"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" && event.kind !== "consume") return null;
    if (event.tunnelKind !== undefined) return null;
    // A bridge gives the same reason for a frame that none of its ports took.
    if (isInBridge(event)) return null;
    const named = saysNoRemote(event);
    if (!named && !isInRemoteLookup(event)) return null;
    const link = subject.link;
    // In external mode the end comes with the packet. Only what a bridge gave an id is looked up in
    // the fdb, and the kernel then says so.
    if (!named && link?.tunnel?.external) return null;
    const mac = frameMac(subject);
    const entries = (subject.before?.fdb ?? []).filter((entry) => entry.device === subject.device);
    const forMac = entries.find((entry) => entry.mac === mac && entry.destination);
    if (!named && (forMac || link?.tunnel?.remote || !link?.tunnel)) return null;
    const fallback = entries.some((entry) => entry.mac === "00:00:00:00:00:00")
      ? "and its default entry did not serve"
      : "and no default entry";
    return cause(
      "tunnel-no-endpoint",
      named ? "proven" : "likely",
      `${place(subject)} has no remote for MAC ${
        mac ?? "unknown"
      } (${fallback}), so it did not know where to send the packet`,
      [
        eventEvidence(subject, mac ? `frame addressed to ${mac}` : undefined),
        stateEvidence(
          subject.node,
          `${subject.device} has ${entries.length} fdb entries, ${forMac ? "one" : "none"} for ${
            mac ?? "the frame's MAC"
          }; remote ${link?.tunnel?.remote ?? "none"}`,
        ),
      ],
      remoteFor(subject, mac),
    );
  },
};

function frameMac(subject: Case): string | undefined {
  return subject.event.destinationMac ?? subject.judgement.steps.map((step) => step.event)
    .filter((event) =>
      event.node === subject.node && event.destinationMac && event.ifindex === subject.ifindex
    ).at(-1)?.destinationMac;
}

/** An entry for the MAC, where one probed node has it and an end point of this tunnel. */
function remoteFor(subject: Case, mac: string | undefined): string[] {
  const { node, netns, device, link, before: state, event } = subject;
  // In external mode an entry is for an id (`src_vni`), which is not read.
  const holder = mac === undefined || link?.tunnel?.external
    ? undefined
    : nodeOfMac(subject, mac, event);
  const endpoint = holder && link && endpointOf(holder, link.kind, link.tunnel?.id);
  const lines = state && mac !== undefined && endpoint !== undefined
    ? checked({
      ...{ node, netns, state },
      changes: toEndpoint(state, device, mac, endpoint),
      passes: (after) =>
        leadsTo(after, device, mac, endpoint) &&
        (link?.tunnel?.underlayNetns !== undefined ||
          lookUpRoute(after, { destination: endpoint }).route?.type === "unicast"),
    })
    : [];
  if (lines.length > 0) return [...keeperWords(device), ...lines];
  return command(node, netns, ["bridge", "fdb", "show", "dev", deviceWord(device)]);
}
