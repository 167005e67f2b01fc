/** What a node can vouch for: silence proves nothing where something was not watched. Rule O5. */
import type { NodeView } from "./timeline.ts";

/** Why a node's silence is no proof, or null when it is. */
export function gapOf(node: NodeView, scripts: readonly string[]): string | null {
  for (const name of scripts) {
    const script = node.header.scripts.find((known) => known.name === name);
    if (script?.state !== "attached") {
      return `on ${node.name} script ${name} was not attached${
        script?.why ? ` (${script.why})` : ""
      }`;
    }
  }
  if (node.runs > 1) return `the probe of ${node.name} was started ${node.runs} times`;
  if (node.missing > 0) return `${node.missing} batches of ${node.name} have not come`;
  if (node.evicted > 0) return `the store threw away ${node.evicted} events at its limits`;
  if (node.lost > 0) return `${node.name} lost ${node.lost} events`;
  if (node.refused > 0) return `${node.refused} lines of ${node.name} could not be read`;
  return null;
}

/** Scripts whose silence means "did not pass a device". */
export const DEVICE_SCRIPTS = ["device_rx", "device_tx"] as const;
/** Scripts whose silence means "was not dropped". */
export const DROP_SCRIPTS = ["drop"] as const;

/** Why a device or address that no known node has may be some node's all the same, or null. */
export function unreadState(nodes: readonly NodeView[]): string | null {
  const known = unread.get(nodes);
  if (known !== undefined) return known;
  const node = nodes.find(({ header, states }) =>
    header.netns.some(({ inode }) => !states.has(inode))
  );
  const gap = node ? `the state of some namespaces of ${node.name} is not known` : null;
  unread.set(nodes, gap);
  return gap;
}

/** Asked for every packet that left, and the same for all. */
const unread = new WeakMap<readonly NodeView[], string | null>();
