/** Which nodes a probe plays: each is a set of network namespaces of this kernel. */
import { LasthopError } from "../../event/error.ts";
import { findNetns, listNetns, type NetnsHandle } from "../state/mod.ts";

/** A node that is to be traced. */
export interface NodeSpec {
  name: string;
  netns: NetnsHandle[];
  /** Every namespace of this kernel, those that appear later too. */
  all: boolean;
  /** Of those only what its own processes are in and its own names are of: others share the kernel. */
  shared?: boolean;
}

/** A node as the command line has it: namespaces by name. */
export interface NodeWords {
  name: string;
  netns: readonly string[];
}

/**
 * The nodes that the command line names; without any, one node `hostName` of all namespaces, or where
 * the kernel is `shared` of those that can be seen from here.
 * Rejects with LasthopError `netns_unknown` for a namespace that is not there, and with `usage` for
 * one that belongs to two nodes.
 */
export async function resolveNodes(
  words: readonly NodeWords[],
  hostName: string,
  shared = false,
): Promise<NodeSpec[]> {
  if (words.length === 0) return [{ name: hostName, netns: await listNetns(), all: true, shared }];
  const nodes: NodeSpec[] = [];
  for (const { name, netns } of words) {
    const handles = await Promise.all(netns.map(findNetns));
    nodes.push({ name, netns: handles, all: false });
  }
  requireDistinct(nodes);
  return nodes;
}

/** One namespace has many names (inode, path, `pid:1`): an event must have one node. */
function requireDistinct(nodes: readonly NodeSpec[]): void {
  const owners = new Map<number, string>();
  for (const { name, netns } of nodes) {
    for (const { inode, name: netnsName } of netns) {
      const owner = owners.get(inode);
      if (owner !== undefined) {
        throw new LasthopError(
          "usage",
          `Cannot read --node: namespace ${netnsName ?? inode} of "${name}" belongs to ` +
            `"${owner}" already, must be given once`,
          2,
        );
      }
      owners.set(inode, name);
    }
  }
}
