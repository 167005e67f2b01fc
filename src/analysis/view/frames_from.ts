/** Frames by the link address that sent them. */
import { firstAfter, indexed } from "./indexed.ts";
import type { NodeView, Sighting } from "./timeline.ts";

const received = indexed<Sighting>(({ kind, netns, sourceMac }) =>
  kind === "device-rx" && sourceMac !== undefined ? `${netns} ${sourceMac}` : undefined
);

/** The first frame from a MAC that came into a namespace, by its inode, after the moment `at`. */
export function firstFrameFrom(
  mac: string,
  node: NodeView,
  netns: number | undefined,
  at: number,
): Sighting | undefined {
  const frames = received(node.events, `${netns} ${mac}`);
  return frames[firstAfter(frames, at)];
}

/** Whether any frame from the MAC came into the namespace. */
export const hasFrameFrom = (mac: string, node: NodeView, netns: number): boolean =>
  received(node.events, `${netns} ${mac}`).length > 0;
