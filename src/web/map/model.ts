/** The map of an incident: where packets were, which way they went, and where they died. Pure. */
import type { Flow, Hop, Problem } from "../../event/report.ts";
import { tunnelShort } from "../../words/ends.ts";
import { roomWords } from "../../words/place.ts";
import { PAGE } from "../parts/writing.ts";
import { type Group, isOfProblem } from "../state/groups.ts";

/** A network namespace of a node, or several of them folded into one. */
export interface Place {
  id: string;
  /** Null for a fold over several nodes. */
  node: string | null;
  /** The namespace as the report names it; empty for a fold. */
  netns: string;
  /** What it is called; empty for a fold. */
  name: string;
  /**
   * How many flows were seen in it. Of a fold those of the busiest place in it: one flow may be in many.
   */
  flows: number;
  /** How many of them are part of a problem that still is. */
  failing: number;
  /** Problems whose packets were last seen here, worst first. */
  problems: Problem[];
  /** Of a fold: how many namespaces are in it, and of how many nodes. */
  folded?: { places: number; nodes: number };
}

/** A way between two places that packets took. */
export interface Link {
  from: string;
  to: string;
  /** `vxlan 42`: tunnels that packets were in on this way. */
  tunnels: string[];
  /** How many flows took it, in either direction. */
  flows: number;
  /** How many of them are part of a problem that still is. */
  failing: number;
}

/** Places and the ways between them. */
export interface MapModel {
  places: Place[];
  links: Link[];
}

/** Where one flow was, in order, and the tunnel in which it came there. */
type Way = readonly { id: string; hop: Hop; tunnel: string }[];

/** Of flows whose paths were walked before: one that did not change is not walked again. */
const known = new WeakMap<Flow, Way>();

/** The id of the place of a hop. */
export const placeId = ({ node, netns }: Pick<Hop, "node" | "netns">): string =>
  JSON.stringify([node, netns]);

/** The places of a flow in order; of a flow without a path that of its last hop. */
export function wayOf(flow: Flow): Way {
  const before = known.get(flow);
  if (before !== undefined) return before;
  const { path, lastHop } = flow;
  const way: { id: string; hop: Hop; tunnel: string }[] = [];
  for (const [i, hop] of (path.length === 0 ? [lastHop] : path).entries()) {
    const id = placeId(hop);
    if (way.at(-1)?.id === id) continue;
    // A tunnel reaches from one place to another when both ends of the way were inside.
    const isInside = hop.encap !== undefined && path[i - 1]?.encap !== undefined;
    way.push({ id, hop, tunnel: isInside ? tunnelShort(hop.encap!, PAGE) : "" });
  }
  known.set(flow, way);
  return way;
}

/** What is drawn of these flows and problems. Places and links are in the order in which they are met. */
export function mapModel(groups: readonly Group[], problems: readonly Problem[]): MapModel {
  const places = new Map<string, Place>();
  const links = new Map<string, Link & { back: number }>();
  const isOn = new Set(problems.filter(({ state }) => state !== "healed").map(({ id }) => id));
  const placeAt = (id: string, hop: Hop): Place => {
    const { node, netns } = hop;
    const name = roomWords(hop);
    const place = places.get(id) ?? { id, node, netns, name, flows: 0, failing: 0, problems: [] };
    places.set(id, place);
    return place;
  };
  for (const group of groups) {
    const failing = isOfProblem(group, isOn) ? 1 : 0;
    for (const flow of group.flows) {
      const way = wayOf(flow);
      const counted = new Set<string>();
      for (const [i, { id, hop, tunnel }] of way.entries()) {
        const place = placeAt(id, hop);
        if (!counted.has(id)) {
          place.flows += 1;
          place.failing += failing;
          counted.add(id);
        }
        if (i === 0) continue;
        const isAnswer = flow.replyOf !== undefined;
        addLink(links, way[i - 1]!.id, id, { tunnel, failing, isAnswer });
      }
    }
  }
  for (const problem of problems) {
    placeAt(placeId(problem.lastHop), problem.lastHop).problems.push(problem);
  }
  return { places: [...places.values()], links: [...links.values()].map(asAsked) };
}

function addLink(
  links: Map<string, Link & { back: number }>,
  from: string,
  to: string,
  { tunnel, failing, isAnswer }: { tunnel: string; failing: number; isAnswer: boolean },
): void {
  const key = from < to ? from + to : to + from;
  const link = links.get(key) ?? { from, to, tunnels: [], flows: 0, failing: 0, back: 0 };
  links.set(key, link);
  link.flows += 1;
  link.failing += failing;
  // An answer goes against the way of its question.
  if ((link.from === from) === isAnswer) link.back += 1;
  if (tunnel !== "" && !link.tunnels.includes(tunnel)) link.tunnels.push(tunnel);
}

/** From where most questions come, to where they go. */
const asAsked = ({ back, from, to, ...link }: Link & { back: number }): Link =>
  back * 2 > link.flows ? { ...link, from: to, to: from } : { ...link, from, to };
