/** Words and numbers as the terminal writes them. */
import type { Outcome } from "../../event/codes.ts";
import type { EndPoints, Flow, Hop, PacketCounts } from "../../event/report.ts";
import { endPoint } from "../../web/format.ts";
import type { Look, Style } from "./look.ts";

const OUTCOME_LOOK: Record<Outcome, { glyph: "lost" | "open" | "pending" | "delivered" }> = {
  dropped: { glyph: "lost" },
  vanished: { glyph: "lost" },
  unanswered: { glyph: "open" },
  unknown: { glyph: "open" },
  "in-flight": { glyph: "pending" },
  delivered: { glyph: "delivered" },
};

const STYLE = { lost: "red", open: "yellow", pending: "cyan", delivered: "green" } as const;

export const markOf = (outcome: Outcome, { glyph }: Look): string =>
  glyph[OUTCOME_LOOK[outcome].glyph];

export const styleOf = (outcome: Outcome): typeof STYLE[keyof typeof STYLE] =>
  STYLE[OUTCOME_LOOK[outcome].glyph];

export const boldStyleOf = (outcome: Outcome): Style => {
  const style = styleOf(outcome);
  return style === "cyan" ? style : `bold ${style}`;
};

/** `1,204`: the same for every reader. */
export const grouped = (value: number): string =>
  String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** Three digits: `812 ns`, `2.31 µs`, `14.0 ms`, `1.20 s`. */
export function elapsed(ns: bigint, { glyph }: Look): string {
  const sign = ns < 0n ? "-" : "";
  let value = Math.abs(Number(ns));
  const units = ["ns", `${glyph.micro}s`, "ms", "s"];
  let unit = 0;
  // 999.5 of a unit would be written as 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${sign}${value.toFixed(digits)} ${units[unit]}`;
}

export function ends(points: EndPoints, look: Look): string {
  const side = (address: string, port?: number) => endPoint(look.text(address), port);
  return `${side(points.source, points.sourcePort)} ${look.glyph.arrow} ${
    side(points.destination, points.destinationPort)
  }`;
}

export function flowName(flow: Flow, look: Look): string {
  const id = flow.icmpId === undefined ? "" : ` id ${flow.icmpId}`;
  return `${look.text(flow.protocol)} ${ends(flow, look)}${id}`;
}

/** What a translation changed: `destination 10.96.0.1:443 → 10.16.203.160:6443`. */
export function changes(before: EndPoints, after: EndPoints, look: Look): string {
  const parts = [];
  for (const side of ["source", "destination"] as const) {
    const of = (points: EndPoints) => endPoint(look.text(points[side]), points[`${side}Port`]);
    if (of(before) === of(after)) continue;
    parts.push(`${side} ${of(before)} ${look.glyph.arrow} ${of(after)}`);
  }
  return parts.join(", ");
}

/** `all 5 packets`, or `5 packets: 3 delivered, 2 dropped`. */
export function countsText(packets: PacketCounts, outcome: Outcome): string {
  const total = plural(packets.seen, "packet");
  const key = outcome === "in-flight" ? "inFlight" : outcome;
  if (key !== "unanswered" && packets[key] === packets.seen) {
    return packets.seen > 1 ? `all ${total}` : total;
  }
  const words = ["delivered", "dropped", "vanished", "unknown", "inFlight"] as const;
  const parts = words.filter((word) => packets[word] > 0)
    .map((word) => `${grouped(packets[word])} ${word === "inFlight" ? "in flight" : word}`);
  return parts.length === 0 ? total : `${total}: ${parts.join(", ")}`;
}

/** Inodes stand in for names of namespaces that have none. */
export const netnsText = (netns: string, look: Look): string =>
  /^\d+$/.test(netns) ? `netns ${netns}` : look.text(netns, 40);

export function placeText({ device, netns, node }: Hop, look: Look): string {
  const at = device === "" ? "" : `${look.text(device, 32)} `;
  return `${at}in ${netnsText(netns, look)} on ${look.text(node, 40)}`;
}
