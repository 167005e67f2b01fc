/** Which tunnels a packet is in at each hop, from the outermost header that each hop tells of. */
import type { Encapsulation, Hop } from "../../event/report.ts";

/** How the tunnels around a packet change at one hop. */
export interface TunnelStep {
  /** Count of tunnels around the packet at this hop; one that ends here is still counted. */
  depth: number;
  /**
   * Where the line that names a tunnel stands: before the hop when the packet is in it already, after
   * the hop that puts it on, nowhere when it is known.
   */
  opens: "before" | "after" | null;
  /** The hop takes the innermost tunnel off. */
  closes: boolean;
}

/** Tunnels in each other that are drawn. */
const DEPTH_MAX = 4;

/** For each hop of a path, the tunnels around the packet there. */
export function tunnelSteps(path: readonly Hop[]): TunnelStep[] {
  let stack: Encapsulation[] = [];
  return path.map(({ stage, encap }) => {
    if (encap === undefined) {
      // The packet is in no tunnel here: where the tunnels ended was not seen.
      stack = [];
      return { depth: 0, opens: null, closes: false };
    }
    const at = stack.findLastIndex((known) => isSame(known, encap));
    if (stage === "encapsulate" && at < 0) {
      const depth = stack.length;
      stack = [...stack, encap].slice(-DEPTH_MAX);
      return { depth, opens: "after", closes: false };
    }
    const opens = at < 0 ? "before" : null;
    stack = at >= 0 ? stack.slice(0, at + 1) : entered(stack, encap);
    const depth = stack.length;
    const closes = stage === "decapsulate";
    if (closes) stack = stack.slice(0, -1);
    return { depth, opens, closes };
  });
}

/**
 * A tunnel that no hop before told of. With the kind and id of the innermost one it is that tunnel,
 * whose outer addresses were translated; else it began where no probe watched.
 */
function entered(stack: readonly Encapsulation[], encap: Encapsulation): Encapsulation[] {
  const top = stack.at(-1);
  const translated = top !== undefined && top.kind === encap.kind && top.id === encap.id;
  return [...(translated ? stack.slice(0, -1) : stack), encap].slice(-DEPTH_MAX);
}

function isSame(a: Encapsulation, b: Encapsulation): boolean {
  return a.kind === b.kind && a.id === b.id && a.source === b.source &&
    a.destination === b.destination;
}
