/**
 * Room `problem`, after `rules`: what belongs to one fault, since when, and whether it is mended.
 *
 * A trouble is one flow or exchange that failed of one cause at one place. It is kept while the packets
 * that show it rest, so it holds what they tell, and not how they were judged. Rule P1.
 */
import type { Packet } from "../correlate/packets.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { bytesOf } from "../verdict/crossings.ts";
import type { Sighting } from "../view/timeline.ts";
import { arrivedOf, type Asked, orNone } from "./asked.ts";
import type { ShownTrouble, ShownTroubles } from "./shown_trouble.ts";
import type { TroubleTold } from "./trouble_told.ts";

/** A flow, or an exchange, that failed of one cause at one place. */
export interface Trouble extends TroubleTold {
  /** The packet that shows it best; absent: none was ever made. */
  best?: Shown;
  /** The exchange that failed; absent: a flow of none, or of one that got its answer. */
  exchange?: Asked;
  /** Of each packet that died there, where some did, its bytes; null where they are not told. */
  dead: readonly (number | null)[];
  /** Packets of the same flow that arrived: they may show that it is mended. */
  arrived: readonly Packet[];
}

/** What a packet shows. */
export interface Shown {
  /** Its sightings, from the first to the one where it was lost or last seen. */
  way: readonly Sighting[];
  /** The last of the copy that speaks for it. */
  end: Sighting;
  isDropped: boolean;
}

/** What went wrong in some flows and in all exchanges that they belong to. */
export interface Troubles {
  /** All of them: those of exchanges, then those of flows beside that. */
  all: readonly Trouble[];
  /** How many of them are of exchanges, one of each. */
  ofExchanges: number;
  exchanges: readonly Asked[];
}

/** Troubles as they are kept. `counted`: those that only counts show. */
export function troublesOfShown(
  { all, ofExchanges }: ShownTroubles,
  counted: readonly ShownTrouble[],
  asked: ReadonlyMap<Exchange, Asked>,
): Troubles {
  const kept = [...all, ...counted].map((trouble) => keptOf(trouble, asked));
  // A list that is made of what a table gives has room to spare.
  return { all: orNone(kept), ofExchanges, exchanges: orNone([...asked.values()].slice()) };
}

function keptOf(shown: ShownTrouble, asked: ReadonlyMap<Exchange, Asked>): Trouble {
  const { best, exchange, dead, ...told } = shown;
  const way = best.steps.map(({ event }) => event);
  return {
    ...told,
    best: { way, end: best.end.step.event, isDropped: best.outcome === "dropped" },
    ...(exchange ? { exchange: asked.get(exchange)! } : {}),
    dead: orNone(dead.map(({ end }) => bytesOf(end.step.event))),
    arrived: orNone(dead.length === 0 || !exchange ? [] : arrivedWith(shown, exchange)),
  };
}

/** Packets that arrived of the flow of the exchange that has the packet which shows the trouble best. */
function arrivedWith({ best }: ShownTrouble, { question, answers }: Exchange): readonly Packet[] {
  const flow = [question, ...answers].find(({ packets }) => packets.includes(best));
  return flow ? arrivedOf(flow) : [];
}

/** The exchange that a flow with this id belongs to. */
export const exchangeOf = ({ exchanges }: Pick<Troubles, "exchanges">, id: string) =>
  exchanges.findLast((exchange) => exchange.id === id || exchange.others.includes(id));

/** What went wrong with the exchange itself. */
export const troubleOf = ({ all, ofExchanges }: Troubles, exchange: Asked) =>
  all.slice(0, ofExchanges).find((trouble) => trouble.exchange === exchange);
