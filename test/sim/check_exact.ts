/** Without faults of the observation, every packet's outcome and way is exactly the true one. */
import type { Flow, Hop, Report } from "../../src/event/report.ts";
import { endedUnseen } from "./check_wrong.ts";
import { isUnsent, nameOf, type Pair, pairs, type Violation } from "./match.ts";
import type { Scenario } from "./scenario.ts";
import type { TrueFlow, TrueHop, TruePacket } from "./truth.ts";

export function checkExact(scenario: Scenario, report: Report): Violation[] {
  const names = new Set(scenario.world.nodes.filter((n) => n.probed).map((n) => n.name));
  // Where no packets came through both ways, nothing says how the clocks of two kernels stand.
  const related = names.size < 2 || report.nodes.every(({ clock }) => clock !== null) &&
      !report.flows.some(({ gap }) => gap?.startsWith("nothing tells how the clocks of "));
  const probed: Probed = { names, related };
  const all = pairs(scenario, report).pairs;
  return all.flatMap((pair) => exact(pair, all, probed));
}

/** Names of the nodes that have a probe, and whether all their clocks were placed. */
interface Probed {
  names: Set<string>;
  related: boolean;
}

const seenHops = ({ hops }: TruePacket, { names }: Probed) =>
  hops.filter(({ node }) => names.has(node));

function exact(pair: Pair, all: Pair[], probed: Probed): Violation[] {
  const { truth } = pair;
  const told = pair.told.filter((flow) => !isUnsent(flow));
  const seen = truth.packets.filter((packet) => seenHops(packet, probed).length > 0);
  const glimpsed = truth.packets.filter((packet) => packet.glimpsed && !seen.includes(packet));
  const found: Violation[] = [];
  const say = (text: string) => found.push({ check: "exact", text: `${nameOf(truth)}: ${text}` });
  // Where only frames flooded to others were seen, that is all there is to say.
  const nobodys = truth.packets.some((packet) => packet.codes.length > 2);
  if (seen.length === 0 && (nobodys || told.every(({ outcome }) => outcome === "unknown"))) {
    return found;
  }
  if (told.length !== (seen.length > 0 ? 1 : 0)) {
    say(`${told.length} flows for ${seen.length} packets: ${told.map(({ id }) => id).join(", ")}`);
    return found;
  }
  const flow = told[0];
  if (!flow) return found;
  found.push(...countsExact(truth, seen, glimpsed.length, flow, probed));
  const isGlimpse = flow.outcome === "unknown" && glimpsed.length > 0;
  if (!isGlimpse && !seen.some((packet) => isWay(packet, flow, probed))) {
    say(`${flow.outcome} by ${wayOf(flow.path)}, in truth ${seen.map(describeWay).join(" | ")}`);
  }
  const request = truth.answers && all.find((other) => other.truth === truth.answers)?.told[0];
  if (request && flow.replyOf !== request.id) say(`answers ${flow.replyOf}, must ${request.id}`);
  const readable = truth.from.node.kernel.conntrack || truth.from.devices.length === 2;
  if (truth.translated && flow.outcome === "delivered" && truth.to.node.probed && readable) {
    if (!flow.translated && !truth.answers) say("its translation is not shown");
  }
  return found;
}

/** How far two clocks may stand apart for each node between them. Rule O13. */
const TRAVEL_NS = 200e6;

/** A packet's outcomes that are right; more than one where a probe is not everywhere. */
function allowed(packet: TruePacket, probed: Probed): string[] {
  const words = ownAllowed(packet, probed);
  return packet.pieced ? [...words, "delivered", "unknown"] : words;
}

function ownAllowed(packet: TruePacket, { names, related }: Probed): string[] {
  if (packet.fate === "waiting" && !endedUnseen(packet, names)) return ["unknown"];
  // A kernel without drop reasons frees a duplicate as it frees what it refuses.
  const { duplicate, fate, flow } = packet;
  if (fate === "delivered" && duplicate && !flow.to.node.kernel.reasons) {
    return ["delivered", "unknown"];
  }
  // So early that the next node may not have been watched yet.
  const early = packet.sentAt < names.size * TRAVEL_NS;
  if (endedUnseen(packet, names)) {
    // IPv6 without echo numbers has packets that look alike: they place no clock.
    const alike = packet.flow.sent.source.includes(":");
    return packet.outside || early || !related || alike ? ["vanished", "unknown"] : ["vanished"];
  }
  // Of packets that look alike one came to each of the hosts that have the address.
  if (packet.fate === "dropped") return packet.contested ? ["dropped", "unknown"] : ["dropped"];
  const { node } = packet.takenBy ?? packet.flow.to;
  return node.probed ? ["delivered"] : ["delivered", "unknown", "vanished"];
}

/** `glimpsed`: packets of which nothing but flooded copies was seen, each counted or not. */
function countsExact(
  truth: TrueFlow,
  seen: TruePacket[],
  glimpsed: number,
  flow: Flow,
  probed: Probed,
): Violation[] {
  const found: Violation[] = [];
  const say = (text: string) => found.push({ check: "exact", text: `${nameOf(truth)}: ${text}` });
  // Pieces of what nobody saw whole are packets of their own.
  if (seen.some((p) => p.resized) && !truth.from.node.probed) return [];
  const beyond = flow.packets.seen - seen.length;
  if (beyond < 0 || beyond > glimpsed) say(`${flow.packets.seen} seen, in truth ${seen.length}`);
  for (const outcome of ["delivered", "dropped", "vanished", "unknown"] as const) {
    const told = flow.packets[outcome];
    const least = seen.filter((p) => allowed(p, probed).every((word) => word === outcome)).length;
    const most = seen.filter((p) => allowed(p, probed).includes(outcome)).length +
      (outcome === "unknown" ? glimpsed : 0);
    // A frame to a link address that nobody has: whoever should have had it may not be known.
    const loose = seen.some((p) => p.codes.length > 2);
    if (!loose && (told < least || told > most)) {
      say(`${told} ${outcome}, in truth ${least === most ? least : `${least} to ${most}`}`);
    }
  }
  return found;
}

const DEVICE_STAGES = new Set(["device-tx", "device-rx", "deliver", "drop"]);
const wayOf = (hops: readonly (Hop | TrueHop)[]) =>
  hops.filter(({ stage }) => DEVICE_STAGES.has(stage))
    .map(({ netns, device, stage }) => `${netns}/${device} ${stage}`).join(", ");
const describeWay = (packet: TruePacket) => `${packet.fate} by ${wayOf(packet.hops)}`;

function isWay(packet: TruePacket, flow: Flow, probed: Probed): boolean {
  if (packet.resized || packet.codes.length > 2) return true;
  const way = wayOf(seenHops(packet, probed));
  const told = wayOf(flow.path);
  // What was delivered and never answered ends where it arrived.
  return way === told || (flow.outcome === "delivered" && told.startsWith(way)) ||
    (flow.outcome === "unanswered" && way.startsWith(told));
}
