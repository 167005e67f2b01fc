/** One look at all sockets every few milliseconds, for as long as somebody waits. */
import { libc } from "./libc.ts";

export const READ = 1;
export const WRITE = 4;
const LOOK_MS = 2;

interface Waiting {
  fd: number;
  events: number;
  wake(isReady: boolean): void;
  untilMs: number;
}

const waiting = new Set<Waiting>();
let timer: ReturnType<typeof setInterval> | undefined;

/** true when the socket can be read or written (or has failed); false after `timeoutMs`. */
export function untilReady(fd: number, events: number, timeoutMs: number): Promise<boolean> {
  timer ??= setInterval(look, LOOK_MS);
  return new Promise((wake) => {
    waiting.add({ fd, events, wake, untilMs: performance.now() + timeoutMs });
  });
}

/** Whoever waits for this socket waits no more. */
export function forget(fd: number): void {
  for (const one of waiting) if (one.fd === fd) end(one, false);
}

function look(): void {
  const all = [...waiting];
  const view = new DataView(new ArrayBuffer(all.length * 8));
  all.forEach(({ fd, events }, i) => {
    view.setInt32(i * 8, fd, true);
    view.setInt16(i * 8 + 4, events, true);
  });
  libc.poll(new Uint8Array(view.buffer), BigInt(all.length), 0);
  const nowMs = performance.now();
  all.forEach((one, i) => {
    if (view.getInt16(i * 8 + 6, true) !== 0) end(one, true);
    else if (nowMs > one.untilMs) end(one, false);
  });
}

function end(one: Waiting, isReady: boolean): void {
  waiting.delete(one);
  if (waiting.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
  one.wake(isReady);
}
