/** Names of a filter that nothing has, and names that were perhaps meant. Pure. */
import { distance } from "../distance.ts";
import { deploymentOf } from "../deployment.ts";
import type { NamedFilter, ReportTerm } from "./ast.ts";
import { meansPlace, type NamedPlace } from "./resolve.ts";
import { printName } from "./report_names.ts";

/** A name that nothing has. */
export interface UnknownName {
  /** As in the filter: `svc shop/paymnts`. */
  name: string;
  /** What is called nearly so, as a filter has it, nearest first. */
  near: string[];
}

/** Names that are told at once. */
const NEAR_MAX = 3;
/** Letters of a name that are compared. */
const LETTERS_MAX = 64;

/** The names in the filter that no place has. */
export function unknownNames(filter: NamedFilter, places: readonly NamedPlace[]): UnknownName[] {
  return termsOf(filter).filter((term) => !places.some((place) => meansPlace(term, place)))
    .map((term) => ({
      name: `${term.field}/${printName(term.parts)}`,
      near: nearest(term, places),
    }));
}

/** A name of places that have no address. */
export interface NameWithoutAddress {
  /** As in the filter. */
  name: string;
  /** Nodes on which they are. */
  nodes: string[];
}

/** The names in the filter of which places are there, and none of these has an address. */
export function namesWithoutAddress(
  filter: NamedFilter,
  places: readonly NamedPlace[],
): NameWithoutAddress[] {
  return termsOf(filter).flatMap((term) => {
    const own = places.filter((place) => meansPlace(term, place));
    if (own.length === 0 || own.some(({ addresses }) => addresses.length > 0)) return [];
    const nodes = [...new Set(own.map(({ node }) => node))].filter((node) => node !== "");
    return [{ name: `${term.field}/${printName(term.parts)}`, nodes: nodes.sort() }];
  });
}

const cut = (text: string) => text.slice(0, LETTERS_MAX);

function termsOf(node: NamedFilter): ReportTerm[] {
  if (node.kind === "not") return termsOf(node.node);
  if (node.kind === "and" || node.kind === "or") return node.nodes.flatMap(termsOf);
  return node.kind === "report" ? [node] : [];
}

function nearest({ field, parts }: ReportTerm, places: readonly NamedPlace[]): string[] {
  const asked = parts.join("");
  const names = new Set(places.flatMap((place) => nameOf(field, place) ?? []));
  const own = (name: string) => asked.includes("/") ? name : name.slice(name.indexOf("/") + 1);
  return [...names]
    .map((name) => ({ name, far: distance(cut(asked), cut(own(name))) }))
    .filter(({ name, far }) => far <= 2 || (asked.length > 2 && own(name).startsWith(asked)))
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, NEAR_MAX)
    .map(({ name }) => `${field}/${printName([name])}`);
}

function nameOf(field: ReportTerm["field"], place: NamedPlace): string | undefined {
  switch (field) {
    case "pod":
      return place.pod;
    case "svc":
      return place.service;
    case "deploy":
      return place.deployment ?? (place.pod && deploymentOf(place.pod));
    case "node":
      return place.own ? place.node : undefined;
    default:
      return place.netns[0];
  }
}
