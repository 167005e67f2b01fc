/** A viewer as a body of server-sent events. It is pulled, so a slow reader buffers nothing here. */
import type { Clock } from "./clock.ts";
import { encodeServerSentEvent } from "./sse.ts";
import type { Viewer } from "./viewer.ts";

/** Begins at once with a comment, so that headers and proxies let the first bytes through. */
export function liveStream(
  viewer: Viewer,
  heartbeatMs: number,
  clock: Clock,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let begun = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (!begun) {
        begun = true;
        controller.enqueue(encoder.encode(": lasthop live stream\n\n"));
        return;
      }
      await readyOrSilent(viewer, heartbeatMs, clock);
      const text = viewer.take().map(encodeServerSentEvent).join("");
      if (text !== "") controller.enqueue(encoder.encode(text));
      if (viewer.ended) {
        viewer.leave();
        controller.close();
      } else if (text === "") {
        controller.enqueue(encoder.encode(": still here\n\n"));
      }
    },
    cancel() {
      viewer.leave();
    },
  }, { highWaterMark: 0 });
}

function readyOrSilent(viewer: Viewer, heartbeatMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(heartbeatMs, resolve);
    viewer.ready().then(() => {
      cancel();
      resolve();
    });
  });
}
