/**
 * The scene of tests of counts on the real kernel, what its sender knows, and what must hold of the
 * report: whatever was lost on the way to it, it says nothing that is not so.
 */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import type { Flow, Report } from "../../src/event/report.ts";

/** What the sender says of the flow to one port. */
export interface Truth {
  /** Packets that it sent. */
  sent: number;
  /** Before and after each packet was sent that the wire loses, ms of the day's clock. */
  lost: readonly (readonly [number, number])[];
  /** Packets that die in the receiver. */
  die: number;
}

/** Reads what the sender prints: `lost PORT BEFORE AFTER` and, last, `sent PORT PACKETS`. */
function truthOf(printed: string, port: number, die = 0): Truth {
  const of = (word: string) =>
    printed.trim().split("\n").map((line) => line.split(" "))
      .filter(([what, of]) => what === word && of === String(port))
      .map(([, , ...rest]) => rest.map(Number));
  const lost = of("lost").map(([before, after]) => [before!, after!] as const);
  return { sent: of("sent")[0]![0]!, lost, die };
}

/** Of the three flows of UDP, of which one packet to the last port dies in the receiver. */
export const udpTruths = (printed: string): (Truth & { port: number })[] =>
  [5001, 5002, 5003].map((port) => ({ port, ...truthOf(printed, port, port === 5003 ? 1 : 0) }));

/** The flow to a port. Throws where the report has none. */
export function flowTo({ flows }: Report, port: number): Flow {
  const flow = flows.find(({ destinationPort }) => destinationPort === port);
  ok(flow, `no flow to port ${port}`);
  return flow;
}

/** Runs of scripts that the kernel left out, as the report says. */
export const runsLeftOut = ({ nodes }: Report): number =>
  Math.max(
    ...nodes.map(({ gaps = [] }) =>
      Number(gaps.map((gap) => /left out (\d+) runs/.exec(gap)?.[1]).find(Boolean) ?? 0)
    ),
  );

/** Nothing says that more passed than was told or counted. */
export const hasSeenAll = ({ nodes }: Report): boolean =>
  nodes.every(({ lost, gaps = [] }) =>
    lost === 0 && gaps.every((gap) => gap.startsWith("there was more traffic than it may tell"))
  );

/** The two devices beside the wire. */
const ON_THE_WIRE = "a eth0 device-tx b eth0 device-rx";

/**
 * Throws where counts say of a flow what is not so: more than was lost, at another place or time, or no
 * more than what is less.
 */
export function checkCounted({ counted, packets, id }: Flow, { sent, lost, die }: Truth): void {
  ok(counted, `${id} was not counted`);
  if (counted.gap !== undefined) return;
  const said = counted.lost!;
  ok(counted.packets! <= sent, `${counted.packets} of ${sent} packets: ${counted.sentence}`);
  ok(said <= lost.length, `${said} of ${lost.length} lost: ${counted.sentence}`);
  // What was lost after the last packet that was counted is not in it.
  const isOfAll = lost.every(([, after]) => after < Date.parse(counted.until!));
  if (!counted.atLeast && isOfAll) {
    ok((counted.lostAtMost ?? said) >= lost.length, `of ${lost.length}: ${counted.sentence}`);
  }
  for (const loss of counted.losses!) {
    equal(placesOf(loss), ON_THE_WIRE);
    ok(lostIn(loss, lost) >= loss.packets, `${loss.firstAt} ${loss.lastAt} ${lost}`);
  }
  if (packets.basis !== "counted") return;
  const { basis: _, seen, ...fates } = packets;
  equal(Object.values(fates).reduce((sum, one) => sum + one, 0), seen);
  ok(seen <= sent, `${seen} of ${sent}`);
  ok(packets.vanished <= lost.length, `${packets.vanished} of ${lost.length} vanished`);
  ok(packets.delivered <= sent - lost.length - die, JSON.stringify(packets));
}

type Loss = NonNullable<NonNullable<Flow["counted"]>["losses"]>[number];

const placesOf = ({ from, to }: Pick<Loss, "from" | "to">): string =>
  [from, to].flatMap(({ node, device, stage }) => [node, device, stage]).join(" ");

/** So many of those that were lost may have been in that time, which is told in whole ms. */
const lostIn = ({ firstAt, lastAt }: Loss, lost: Truth["lost"]): number =>
  lost.filter(([before, after]) =>
    after + 1 >= Date.parse(firstAt) && before - 1 <= Date.parse(lastAt)
  ).length;

/** Throws unless counts say all that the sender knows of a flow, and its figures are of these. */
export function checkExact(flow: Flow, truth: Truth): void {
  checkCounted(flow, truth);
  const { counted, packets } = flow;
  const { gap, lost, lostAtMost, atLeast, traced } = counted!;
  equal([gap, lost, lostAtMost, atLeast], [undefined, truth.lost.length, undefined, undefined]);
  equal([packets.basis, packets.vanished], ["counted", truth.lost.length], counted!.sentence);
  // A receiver that is slow drops some: all drops are told.
  equal(packets.dropped, traced!.dropped);
  ok(packets.dropped >= truth.die, `${truth.die} died in the receiver`);
  ok(traced!.seen < packets.seen, `${traced!.seen} of ${packets.seen} were told`);
}

/** How long the time is in which all of a loss is, ms. */
export const lengthOf = ({ firstAt, lastAt }: Loss): number =>
  Date.parse(lastAt) - Date.parse(firstAt);
