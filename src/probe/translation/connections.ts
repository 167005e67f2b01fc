/**
 * Address translations out of connections of conntrack: what the kernel does with their packets,
 * whatever rules it was made by. An entry outlives the rule, and may send to a pod that is gone.
 */
import type { Translation } from "../../event/filter/mod.ts";
import type { Connection } from "../../event/state_connections.ts";

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
 * Of a source the addresses alone: each connection of a client gets a port of its own, and they
 * come and go too fast to be a part of a program in the kernel.
 */
function source({ protocol, original, reply }: Connection): Translation[] {
  if (original.source === reply.destination) return [];
  return [{ from: { address: original.source, protocol }, to: { address: reply.destination } }];
}
