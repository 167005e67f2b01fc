/** What the drawing of a path shows: stations, tunnels, and how it ends. Pure. */
import type { Encapsulation, EndPoints, Flow, Hop } from "../event/report.ts";
import { changes, endPoint, tunnelName } from "../words/ends.ts";
import { label } from "../words/escape.ts";
import { STAGE_WORDS } from "../words/outcome.ts";
import { hopTimes } from "../words/hop_times.ts";
import { roomMax, roomWords } from "../words/place.ts";
import { elapsedShort } from "../words/time.ts";
import type { Writing } from "../words/writing.ts";

/** Texts stay as they are: `label` escapes the whole of what is shown. */
const AS_IT_IS: Writing = { text: (text) => text, arrow: "→" };

/** Hops on one device that follow each other. */
export interface Station {
  node: string;
  netns: string;
  device: string;
  /** What happened there: `veth · received, routed`. */
  doing: string;
  /** How long that took: `9.9 µs`; absent where one sighting told all of it. */
  here?: string;
  /** Time from the station before: `2.31 µs`; absent where no single clock tells it. */
  after?: string;
  /** What took the longest on the whole path: the way to this station, or the time at it. */
  slowest?: "way" | "here";
  /** At the last station of a stay on one node, how long that was: `total 23.1 µs`. */
  total?: string;
  /** How the path ended; null on all but the last station. */
  end: "dropped" | "vanished" | "last-seen" | "delivered" | null;
  notes: Note[];
  /** Place of its first hop in the path, from 0. */
  at: number;
}

/** A text at a station. */
export interface Note {
  tone: "tunnel" | "change" | "drop";
  text: string;
}

/** A tunnel around a part of the path. */
export interface Tunnel {
  encap: Encapsulation;
  /** Place of the first station inside, from 0. */
  from: number;
  /** Place of the last station inside, from 0. */
  to: number;
  /** The path does not show where it begins. */
  openStart: boolean;
  /** The path does not show where it ends. */
  openEnd: boolean;
  /** Count of tunnels that are inside this one. */
  depth: number;
  label: string;
}

/** What should have come next, when the packet did not get there. */
export interface Ghost {
  title: string;
  why: string;
  inTunnel: boolean;
}

/** What the drawing shows. */
export interface PathModel {
  stations: Station[];
  /** Outermost first. */
  tunnels: Tunnel[];
  ghost: Ghost | null;
}

/** The name of the box around stations of one network namespace. */
export const boxText = ({ netns }: Station): string => netns;

const ENDS: Record<string, Station["end"]> = {
  delivered: "delivered",
  unanswered: "delivered",
  dropped: "dropped",
  vanished: "vanished",
};

/** The path of a flow, or its last hop when it has no path. */
export function pathModel(flow: Flow): PathModel {
  const hops = flow.path.length > 0 ? flow.path : [flow.lastHop];
  const stations: Station[] = [];
  const stationOf: number[] = [];
  for (const [at, hop] of hops.entries()) {
    if (at === 0 || !samePlace(hops[at - 1]!, hop)) stations.push(stationAt(hop, at));
    stationOf.push(stations.length - 1);
  }
  stations.forEach((station, i) => {
    station.doing = doing(hops.filter((_, at) => stationOf[at] === i));
  });
  addTimes(hops, stations, stationOf);
  const tunnels = findTunnels(hops, stationOf);
  addNotes(flow, hops, stations, stationOf, tunnels);
  const last = stations.at(-1)!;
  last.end = ENDS[flow.outcome] ?? "last-seen";
  return { stations, tunnels, ghost: ghostOf(flow, hops, tunnels, stations.length - 1) };
}

const samePlace = (a: Hop, b: Hop): boolean =>
  a.node === b.node && a.netns === b.netns && a.device === b.device && a.ifindex === b.ifindex;

const stationAt = (hop: Hop, at: number): Station => ({
  node: label(hop.node, 40),
  netns: label(roomWords(hop), roomMax(hop, 32)),
  device: label(hop.device, 24),
  doing: "",
  end: null,
  notes: [],
  at,
});

/** What the hops did. The kind of the device is left out when its name says it. */
function doing(hops: Hop[]): string {
  const { deviceKind, device } = hops[0]!;
  const words = hops.map(({ stage }) => STAGE_WORDS[stage] ?? label(stage, 16));
  const distinct = words.filter((word, i) => word !== words[i - 1]);
  const told = deviceKind === "unknown" || device.startsWith(deviceKind);
  return (told ? "" : `${label(deviceKind, 16)} · `) + distinct.join(", ");
}

/** Writes the times to the stations. Hops that one sighting told have no time between them. */
function addTimes(
  hops: readonly Hop[],
  stations: readonly Station[],
  stationOf: readonly number[],
): void {
  const { sinceBeforeNs, stays, slowest } = hopTimes(hops);
  for (const { to, from, totalNs } of stays) {
    const last = stations[stationOf[to]!]!;
    if (from !== to && totalNs !== null) last.total = `total ${elapsedShort(totalNs, "µ")}`;
  }
  for (const [i, station] of stations.entries()) {
    const after = sinceBeforeNs[station.at];
    if (after) station.after = elapsedShort(after, "µ");
    const end = stations[i + 1]?.at ?? hops.length;
    const here = sinceBeforeNs.slice(station.at + 1, end).reduce(
      (sum, ns) => sum! + (ns ?? 0n),
      0n,
    );
    if (here) station.here = `${elapsedShort(here, "µ")} here`;
    if (slowest === null || slowest < station.at || slowest >= end) continue;
    station.slowest = slowest === station.at ? "way" : "here";
    if (station.slowest === "way") station.after = `slowest ${station.after}`;
    else station.here = `slowest ${station.here}`;
  }
}

/**
 * A tunnel begins at `encapsulate` and ends at `decapsulate`. A probe that came late or lost events
 * may have seen only one of the two, or none: then the tunnel begins at the first hop inside it.
 */
function findTunnels(hops: readonly Hop[], stationOf: readonly number[]): Tunnel[] {
  const done: Tunnel[] = [];
  const open: Tunnel[] = [];
  const marked = hops.some(({ encap, stage }) =>
    encap !== undefined && stage !== "encapsulate" && stage !== "decapsulate"
  );
  const close = (to: number, openEnd: boolean) => {
    const tunnel = open.pop();
    if (tunnel !== undefined) done.push({ ...tunnel, to, openEnd });
  };
  for (const [at, { encap, stage }] of hops.entries()) {
    const station = stationOf[at]!;
    if (stage === "decapsulate") close(station, false);
    else if (encap !== undefined) {
      const known = open.findIndex((tunnel) => sameTunnel(tunnel.encap, encap));
      // A hop tells of the outermost tunnel only: what was around this one has ended.
      while (known >= 0 && open.length > known + 1) close(Math.max(0, station - 1), true);
      if (known >= 0) continue;
      open.push({
        encap,
        from: station,
        to: station,
        openStart: stage !== "encapsulate",
        openEnd: false,
        depth: open.length,
        label: label(tunnelName(encap, AS_IT_IS), 120),
      });
    } else if (marked && stage !== "drop") {
      while (open.length > 0) close(Math.max(0, station - 1), true);
    }
  }
  while (open.length > 0) close(stationOf.at(-1)!, true);
  return done.sort((a, b) => b.depth - a.depth || a.from - b.from);
}

const sameTunnel = (a: Encapsulation, b: Encapsulation): boolean =>
  a.kind === b.kind && a.id === b.id;

function addNotes(
  flow: Flow,
  hops: readonly Hop[],
  stations: Station[],
  stationOf: readonly number[],
  tunnels: readonly Tunnel[],
): void {
  for (const { label, from } of tunnels) {
    stations[from]!.notes.push({ tone: "tunnel", text: label });
  }
  let ends: EndPoints = flow;
  for (const [at, hop] of hops.entries()) {
    if (hop.translated !== undefined) {
      for (const text of changes(ends, hop.translated, AS_IT_IS)) {
        stations[stationOf[at]!]!.notes.push({ tone: "change", text: label(text, 130) });
      }
      ends = hop.translated;
    }
  }
  const last = hops.at(-1)!;
  if (last.stage !== "drop") return;
  const named = [last.function, last.reason].filter((one) => one !== undefined).join(" · ");
  if (named !== "") stations.at(-1)!.notes.push({ tone: "drop", text: label(named, 80) });
}

const WHY_NOT: Record<string, string> = {
  dropped: "never reached",
  vanished: "never arrived",
  unknown: "not watched",
  "in-flight": "on its way",
};

function ghostOf(
  flow: Flow,
  hops: readonly Hop[],
  tunnels: readonly Tunnel[],
  last: number,
): Ghost | null {
  if (flow.outcome === "delivered") return null;
  if (flow.outcome === "unanswered") {
    const title = endPoint(flow.source, flow.sourcePort);
    return { title: label(title, 56), why: "no reply was sent", inTunnel: false };
  }
  const inside = tunnels.find(({ openEnd, to }) => openEnd && to === last)?.encap;
  const ends = hops.findLast((hop) => hop.translated !== undefined)?.translated ?? flow;
  const title = inside === undefined
    ? endPoint(ends.destination, ends.destinationPort)
    : endPoint(inside.destination, inside.destinationPort);
  const why = WHY_NOT[flow.outcome] ?? "not known";
  return { title: label(title, 56), why, inTunnel: inside !== undefined };
}
