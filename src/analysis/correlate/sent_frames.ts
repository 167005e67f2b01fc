/** Which of several packets that left a node in equal frames came to another one. Rule C6. */
import type { Sighting } from "../view/timeline.ts";
import type { EqualPacket } from "./equals_on_node.ts";
import { frameOf } from "./frames.ts";

/** A packet that left in a frame, and the IP id of the tunnel's packet around it. */
interface Leaver {
  packet: EqualPacket;
  outerId: number | undefined;
  /** Whoever put several segments together keeps the id of one of them. */
  isOne: boolean;
}

/** Packets by each frame that they were sent in, in the order in which they left. */
export function byFrameOf(leavers: readonly EqualPacket[]): Map<string, Leaver[]> {
  const byFrame = new Map<string, Leaver[]>();
  for (const packet of leavers) {
    const frames = new Map<string, Leaver>();
    for (const { events } of packet.chains) {
      for (const event of events) {
        if (event.kind !== "device-tx") continue;
        const frame = frameOf(event);
        if (!frames.has(frame)) frames.set(frame, { packet, ...carriedIn(event) });
      }
    }
    for (const [frame, leaver] of frames) {
      const list = byFrame.get(frame);
      if (list) list.push(leaver);
      else byFrame.set(frame, [leaver]);
    }
  }
  return byFrame;
}

const carriedIn = ({ tunnelIpId, gsoSegments = 0 }: Sighting) => ({
  outerId: tunnelIpId || undefined,
  isOne: gsoSegments <= 1,
});

/** Takes packets of one frame, each once, for those that came to a node in it. */
export class Taking {
  #taken = new Set<Leaver>();
  /** The first one last: all, those of one number, and those that no number tells from others. */
  #all: Leaver[];
  #byOuterId: Map<number | undefined, Leaver[]>;
  #untold: Leaver[];

  constructor(leavers: readonly Leaver[]) {
    this.#all = leavers.toReversed();
    this.#byOuterId = Map.groupBy(this.#all, ({ outerId }) => outerId);
    this.#untold = this.#all.filter(({ outerId, isOne }) => outerId === undefined || !isOne);
  }

  /**
   * The one that came in this frame: that in the same packet of a tunnel, which no hop between the two
   * numbers anew, else the first that may have. Undefined where none is left.
   */
  take(received: Sighting): EqualPacket | undefined {
    const { outerId, isOne } = carriedIn(received);
    const isTold = outerId !== undefined;
    const same = isTold ? this.#byOuterId.get(outerId) ?? [] : [];
    const leaver = this.#firstOf(same) ??
      this.#firstOf(isTold && isOne ? this.#untold : this.#all);
    if (!leaver) return undefined;
    this.#taken.add(leaver);
    return leaver.packet;
  }

  /** The first of the list that was not taken, which ends with it then. */
  #firstOf(list: Leaver[]): Leaver | undefined {
    while (list.length > 0 && this.#taken.has(list.at(-1)!)) list.pop();
    return list.at(-1);
  }
}
