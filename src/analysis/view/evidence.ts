/** Sightings of no packet that is followed, found by what they tell: ICMP errors, questions, lookups. */
import { answeredAddress, askedAddress, isRouterAdvertisement } from "../kernel/neighbours.ts";
import { indexed } from "./indexed.ts";
import type { Sighting } from "./timeline.ts";

type Evidence = readonly Sighting[];

const byQuoted = indexed<Sighting>(({ quotedSource, quotedDestination }) =>
  quotedDestination === undefined ? undefined : `${quotedSource} ${quotedDestination}`
);

/** ICMP errors that quote a packet from this source to this destination. */
export const quoting = (evidence: Evidence, source?: string, destination?: string): Evidence =>
  byQuoted(evidence, `${source} ${destination}`);

const byQuotedDestination = indexed<Sighting>(({ quotedDestination }) => quotedDestination);

/** ICMP errors that quote a packet to this destination. */
export const quotingDestination = (evidence: Evidence, destination: string | undefined): Evidence =>
  destination === undefined ? [] : byQuotedDestination(evidence, destination);

const byAsked = indexed<Sighting>(askedAddress);

/** ARP requests and neighbour solicitations that ask for the address. */
export const questionsFor = (evidence: Evidence, address: string): Evidence =>
  byAsked(evidence, address);

const byAnswered = indexed<Sighting>(answeredAddress);

/** ARP replies and neighbour advertisements that tell the link address of the address. */
export const answersFor = (evidence: Evidence, address: string): Evidence =>
  byAnswered(evidence, address);

const byNeighbour = indexed<Sighting>(({ kind, gateway }) =>
  kind === "neighbour" ? gateway : undefined
);

/** Changes of the neighbour entry of the address. */
export const neighbourChanges = (evidence: Evidence, address: string): Evidence =>
  byNeighbour(evidence, address);

const byLookedUp = indexed<Sighting>(({ kind, destination }) =>
  kind === "route" ? destination : undefined
);

/** Lookups of a route to the destination. */
export const lookupsOf = (evidence: Evidence, destination: string | undefined): Evidence =>
  destination === undefined ? [] : byLookedUp(evidence, destination);

const advertisements = indexed<Sighting>((event) =>
  isRouterAdvertisement(event) ? event.node.name : undefined
);

/** Router advertisements that were seen on the node. */
export const advertisementsOn = (evidence: Evidence, node: string): Evidence =>
  advertisements(evidence, node);
