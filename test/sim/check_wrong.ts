/** No wrong verdict, whatever was lost: promise 1. */
import type { Flow, Report } from "../../src/event/report.ts";
import { isUnsent, nameOf, type Pair, pairs, type Violation } from "./match.ts";
import type { Scenario } from "./scenario.ts";
import type { TrueFlow, TruePacket } from "./truth.ts";

export function checkWrong(scenario: Scenario, report: Report): Violation[] {
  const { pairs: all, strangers } = pairs(scenario, report);
  const found = strangers.map((flow) => wrong(`nobody sent ${flow.id}`));
  for (const pair of all) {
    const backs = all.map(({ truth }) => truth).filter(({ answers }) => answers === pair.truth);
    found.push(
      ...countsWrong(pair),
      ...pair.told.flatMap((flow) => flowWrong(pair, flow, [pair.truth, ...backs])),
    );
  }
  return found;
}

const wrong = (text: string): Violation => ({ check: "wrong", text });

/** Ended where no probe could see how, and came to nobody who waited for it. */
export const endedUnseen = (
  { fate, place, unasked, takenBy, flow }: TruePacket,
  heard: Pair["heard"],
) =>
  fate === "lost" || (fate === "dropped" && !heard.has(place!.netns.node.name)) ||
  // A router without a probe holds it for its next hop: nothing tells that from a loss.
  (fate === "waiting" && place !== undefined && !heard.has(place.netns.node.name)) ||
  (unasked === true && !heard.has(takenBy!.node.name)) ||
  // So does another host that has the address, too, and from which nothing comes back.
  (fate === "delivered" && takenBy !== undefined && takenBy !== flow.to && !flow.answered &&
    !heard.has(takenBy.node.name));

/** How many of its packets may be counted so. */
export function truthOf({ truth, heard }: Pair) {
  const count = (test: (packet: TruePacket) => boolean) => truth.packets.filter(test).length;
  return {
    delivered: count(({ fate, pieced, unasked }) =>
      fate === "delivered" || pieced === true || unasked === true
    ),
    dropped: count((packet) => packet.fate === "dropped" && !endedUnseen(packet, heard)),
    vanished: count((packet) => endedUnseen(packet, heard)),
  };
}

function countsWrong(pair: Pair): Violation[] {
  const truth = truthOf(pair);
  const resized = pair.truth.packets.some((packet) => packet.resized);
  const found: Violation[] = [];
  for (const outcome of ["delivered", "dropped", "vanished"] as const) {
    const each = pair.told.map((flow) => flow.packets[outcome]);
    // Behind NAT that nobody could read, the two sides of a translation are two flows.
    const told = outcome === "delivered" ? Math.max(0, ...each) : each.reduce((a, b) => a + b, 0);
    // Pieces of one packet may be counted each where what they are pieces of was not seen.
    const unsent = outcome === "dropped" ? pair.unsent : 0;
    const most = resized && truth[outcome] > 0 ? Infinity : truth[outcome] + unsent;
    if (told > most) {
      const text = `${told} packets ${outcome}, in truth ${truth[outcome]}`;
      found.push(wrong(`${nameOf(pair.truth)}: ${text}`));
    }
  }
  return found;
}

/** `asking`: the flow, and those that answer it: their lookups may have failed. */
function flowWrong(pair: Pair, flow: Flow, asking: readonly TrueFlow[]): Violation[] {
  const found: Violation[] = [];
  const say = (text: string) => found.push(wrong(`${nameOf(pair.truth)}: ${text}`));
  if (flow.outcome === "unanswered" && (pair.truth.answered || !pair.truth.asks)) {
    say("unanswered, and in truth an answer was sent");
  }
  const places = pair.truth.packets.filter(({ fate }) => fate === "dropped");
  const isHere = isUnsent(flow)
    ? pair.truth.unsentIn.includes(flow.lastHop.netns ?? "")
    : places.some((packet) => isPlace(packet, flow));
  if (flow.outcome === "dropped" && !isHere) {
    const { node, netns, device, function: by } = flow.lastHop;
    const truth = places.map(({ place }) => `${place!.netns.name}/${place!.name}`).join(", ");
    say(`dropped at ${node}/${netns}/${device} in ${by}, in truth at ${truth || "no place"}`);
  }
  const codes = new Set(pair.truth.packets.flatMap((packet) => codesOf(packet, pair.heard)));
  if (asking.some(({ unsent }) => unsent > 0)) { for (const code of UNSENT) codes.add(code); }
  for (const cause of [flow.cause, ...flow.otherCauses ?? []]) {
    // Of what was lost between nodes one or two packets may be the largest by chance, and it says so.
    const isChance = cause?.code === "path-mtu-exceeded" && cause.confidence === "possible" &&
      codes.has("lost-between-nodes");
    if (cause && cause.code !== "unexplained" && !codes.has(cause.code) && !isChance) {
      const truth = [...codes].join(", ") || "nothing";
      say(`${flow.outcome} by ${cause.code} (${cause.rule}), in truth ${truth}: ${cause.sentence}`);
    }
  }
  return found;
}

const UNSENT = ["no-route", "route-blackhole"];

/** A frame for nobody is dropped by everybody; else the place is one. */
function isPlace({ place, codes, strayed }: TruePacket, { lastHop }: Flow): boolean {
  // Whom the frame should have gone to refuses it as well, where the wire floods.
  if (strayed) return true;
  if (codes.includes("destination-mac-mismatch") && codes.length > 1) return true;
  return place!.netns.node.name === lastHop.node && place!.netns.name === lastHop.netns &&
    place!.name === lastHop.device;
}

/** What may be said to have happened to it. */
export function codesOf(packet: TruePacket, heard: Pair["heard"]): string[] {
  const codes: string[] = [...packet.codes];
  if (packet.strayed) {
    codes.push("frame-to-wrong-node", "address-duplicate", "routing-loop");
    codes.push("destination-mac-mismatch");
  }
  const isOutside = packet.outside || packet.hops.some(({ node }) => !heard.has(node)) ||
    packet.place?.wire?.ports.some(({ netns }) => !heard.has(netns.node.name));
  if (packet.contested) codes.push("address-duplicate");
  if (packet.shaped) codes.push("shaped");
  if (isOutside) codes.push("left-observed-network");
  if (isOutside && endedUnseen(packet, heard)) {
    codes.push("lost-between-nodes", "tunnel-endpoint-unreachable");
  }
  return codes;
}
