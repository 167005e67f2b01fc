/**
 * Address translations out of connections of conntrack: what the kernel does with their packets,
 * whatever rules it was made by. An entry outlives the rule, and may send to a pod that is gone.
 */
import type { Peer, Translation } from "../../event/filter/mod.ts";
import { PROTOCOLS_WITH_PORTS } from "../../event/filter/ast.ts";
import { hasAddress, parseSubnet } from "../../event/filter/address.ts";
import type { Connection } from "../../event/state_connections.ts";

/** Translations that are remembered of connections; each new one may change the plan. */
const SEEN_MAX = 64;
/** With more others than this an end is taken to speak with anybody. */
const PEERS_MAX = 8;

/** Translations that connections showed so far: they expire, and a plan must not change with each. */
export class SeenTranslations {
  readonly #seen = new Map<string, Translation>();

  add(connections: readonly Connection[]): void {
    for (const translation of translationsOfConnections(connections)) {
      const { from, to, peers } = translation;
      const key = JSON.stringify([from, to]);
      const known = this.#seen.get(key);
      if (known === undefined) {
        if (this.#seen.size >= SEEN_MAX) return;
        this.#seen.set(key, translation);
      } else if (known.peers !== undefined && peers !== undefined) {
        const more = peers.filter((peer) => !known.peers!.some((one) => isPart(peer, one)));
        const all = [...known.peers, ...more];
        this.#seen.set(key, { from, to, ...(all.length > PEERS_MAX ? {} : { peers: all }) });
      }
    }
  }

  /** Those that `rules` do not tell as well, with as many peers as they do not tell. */
  besides(rules: readonly Translation[]): Translation[] {
    const bySource = Map.groupBy(rules, ({ from, to }) => `${from.address} ${to.address}`);
    return [...this.#seen.values()].flatMap((seen) => {
      const told = bySource.get(`${seen.from.address} ${seen.to.address}`) ?? [];
      const isTold = (peer?: Peer) =>
        told.some((rule) =>
          rule.from.port === undefined && rule.to.port === undefined &&
          (rule.peers === undefined || peer && rule.peers.some((one) => isPart(peer, one))) &&
          !rule.notPeers?.some((one) => !peer || isPart(peer, one))
        );
      if (seen.peers === undefined) return isTold() ? [] : [seen];
      const peers = seen.peers.filter((peer) => !isTold(peer));
      return peers.length === 0 ? [] : [{ ...seen, peers }];
    });
  }
}

/** Whether `whole` has all that `part` has. */
function isPart(part: Peer, whole: Peer): boolean {
  if (whole.port !== undefined && whole.port !== part.port) return false;
  if (whole.network === undefined) return true;
  return part.network !== undefined && hasAddress(whole.network, part.network) &&
    (part.network.mask & whole.network.mask) === whole.network.mask;
}

/** What both ends of these connections are turned into, each once, the destinations first. */
export function translationsOfConnections(connections: readonly Connection[]): Translation[] {
  return [...connections.flatMap(destination), ...connections.flatMap(source)];
}

function destination({ protocol, original, reply }: Connection): Translation[] {
  const from = { address: original.destination, port: original.destinationPort };
  const to = { address: reply.source, port: reply.sourcePort };
  if (from.address === to.address && from.port === to.port) return [];
  return [{ from: { ...from, protocol }, to }];
}

/**
 * Of a source the addresses alone, since each connection of a client gets a port of its own, and they
 * come and go too fast to be a part of a program in the kernel; and with whom it speaks.
 */
function source({ protocol, original, reply }: Connection): Translation[] {
  if (original.source === reply.destination) return [];
  const network = parseSubnet(reply.source);
  const port = PROTOCOLS_WITH_PORTS.has(protocol) ? reply.sourcePort : undefined;
  return [{
    from: { address: original.source, protocol },
    to: { address: reply.destination },
    ...(network === null ? {} : { peers: [{ network, ...(port === undefined ? {} : { port }) }] }),
  }];
}
