/**
 * A viewer as a body of server-sent events. It is pulled, piece by piece: what a slow reader has not
 * taken is one message that all share, and that counts as held.
 */
import type { Clock } from "../clock.ts";
import { encoded } from "./encoded.ts";
import type { HeldMessages } from "./held.ts";
import type { Pieces } from "./pieces.ts";
import type { Message, Viewer } from "./viewer.ts";

/** How a viewer is opened and kept awake. */
export interface LiveStreamOptions {
  /** Becomes a viewer, which may take as long as a report; null when the incident is gone. */
  open: () => Promise<Viewer | null>;
  heartbeatMs: number;
  clock: Clock;
  /** Tells that nobody reads any more, where a cancelled stream does not. */
  left?: AbortSignal | null;
  /** What all viewers have begun to read. */
  held: HeldMessages;
  /** Whose token it was opened with. */
  token: string;
}

/** A message of several pieces that was begun. */
interface Begun {
  /** Not the message itself, whose text is as large again. */
  of: Pieces;
  /** Index of the next piece. */
  next: number;
}

/** Begins at once with a comment, so that headers and proxies let the first bytes through. */
export function liveStream(options: LiveStreamOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let opening: Promise<void> | null = null;
  let viewer: Viewer | null = null;
  let opened = false;
  let left = false;
  let begun: Begun | null = null;
  let stream: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  const holder = {
    token: options.token,
    cut() {
      begun = null;
      leave();
      stream?.error(new Error("Cannot go on: the reader was too slow, must connect again"));
    },
  };
  const letGo = () => {
    if (begun !== null) options.held.end(begun.of, holder);
    begun = null;
  };
  /** The next piece of the message that was begun. */
  const piece = (own: Begun): Uint8Array<ArrayBuffer> => {
    const next = own.of.at(own.next++)!;
    if (!own.of.has(own.next)) letGo();
    return next;
  };
  const begin = (message: Message): Uint8Array<ArrayBuffer> => {
    const of = encoded(message);
    if (!of.has(1)) return of.at(0)!;
    const own = { of, next: 0 };
    begun = own;
    options.held.begin(of, holder);
    return piece(own);
  };
  const open = async () => {
    viewer = await options.open();
    opened = true;
    if (left) viewer?.leave();
  };
  const leave = () => {
    left = true;
    letGo();
    viewer?.leave();
  };
  options.left?.addEventListener("abort", leave);
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      stream = controller;
    },
    async pull(controller) {
      if (begun !== null) return controller.enqueue(piece(begun));
      if (opening === null) {
        opening = open();
        // It is awaited by the next pull, which may come after it failed.
        opening.catch(() => {});
        controller.enqueue(encoder.encode(": lasthop live stream\n\n"));
        return;
      }
      await silentOr(opened && viewer !== null ? viewer.ready() : opening, options);
      if (left) return;
      const message = viewer?.next();
      if (message !== undefined) {
        const first = begin(message);
        // It may be what others hold for longest, and this one is cut off with them.
        if (!left) controller.enqueue(first);
      } else if (opened && (viewer === null || viewer.ended)) {
        viewer?.leave();
        controller.close();
      } else controller.enqueue(encoder.encode(": still here\n\n"));
    },
    cancel: leave,
  }, { highWaterMark: 0 });
}

/** Resolves with `promise`, or when nothing happened for a heartbeat. */
function silentOr(
  promise: Promise<void>,
  { heartbeatMs, clock }: LiveStreamOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(heartbeatMs, resolve);
    promise.then(resolve, reject).finally(cancel);
  });
}
