/** A viewer as a body of server-sent events. It is pulled, so a slow reader buffers nothing here. */
import type { Clock } from "../clock.ts";
import { encoded } from "./encoded.ts";
import type { Viewer } from "./viewer.ts";

/** How a viewer is opened and kept awake. */
export interface LiveStreamOptions {
  /** Becomes a viewer, which may take as long as a report; null when the incident is gone. */
  open: () => Promise<Viewer | null>;
  heartbeatMs: number;
  clock: Clock;
  /** Tells that nobody reads any more, where a cancelled stream does not. */
  left?: AbortSignal | null;
}

/** Begins at once with a comment, so that headers and proxies let the first bytes through. */
export function liveStream(options: LiveStreamOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let opening: Promise<void> | null = null;
  let viewer: Viewer | null = null;
  let opened = false;
  let left = false;
  const open = async () => {
    viewer = await options.open();
    opened = true;
    if (left) viewer?.leave();
  };
  const leave = () => {
    left = true;
    viewer?.leave();
  };
  options.left?.addEventListener("abort", leave);
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (opening === null) {
        opening = open();
        // It is awaited by the next pull, which may come after it failed.
        opening.catch(() => {});
        controller.enqueue(encoder.encode(": lasthop live stream\n\n"));
        return;
      }
      await silentOr(opened && viewer !== null ? viewer.ready() : opening, options);
      if (left) return;
      const messages = viewer?.take() ?? [];
      for (const message of messages) controller.enqueue(encoded(message));
      if (opened && (viewer === null || viewer.ended)) {
        viewer?.leave();
        controller.close();
      } else if (messages.length === 0) {
        controller.enqueue(encoder.encode(": still here\n\n"));
      }
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
