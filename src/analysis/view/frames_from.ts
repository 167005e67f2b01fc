/** Frames by the link address that sent them. */
import { concludedFrom, finding } from "./finding.ts";
import { firstAfter } from "./indexed.ts";
import type { NodeView, Sighting } from "./timeline.ts";

const received = finding(({ kind, netns, sourceMac }) =>
  kind === "device-rx" && sourceMac !== undefined ? `${netns} ${sourceMac}` : undefined
);

/** The first frame from a MAC that came into a namespace, by its inode, after the moment `at`. */
export const firstFrameFrom = (
  mac: string,
  node: NodeView,
  netns: number | undefined,
  at: number,
): Sighting | undefined =>
  concludedFrom(
    node,
    received,
    `${netns} ${mac}`,
    `frame ${at}`,
    (frames) => frames[firstAfter(frames, at)],
  );

/** Whether any frame from the MAC came into the namespace. */
export const hasFrameFrom = (mac: string, node: NodeView, netns: number): boolean =>
  concludedFrom(node, received, `${netns} ${mac}`, "frames", (frames) => frames.length > 0);
