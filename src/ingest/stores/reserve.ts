/**
 * Room set aside on the store's disk. Deleting writes, too, so on a full disk nothing could be
 * deleted: then the reserve is given up, and taken again when there is room.
 */
import { closeSync, openSync, rmSync, statSync, writeSync } from "node:fs";

const CHUNK_BYTES = 1024 * 1024;

/** The file that keeps the room: `bytes` of it, 0 for none. */
export class Reserve {
  constructor(readonly path: string, readonly bytes: number) {}

  /** Whether the room is set aside now. It is real bytes: a sparse file reserves nothing. */
  fill(): boolean {
    if (this.bytes === 0) return false;
    if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) >= this.bytes) return true;
    try {
      // A smaller one of earlier is replaced, and a link with it.
      rmSync(this.path, { force: true });
      const file = openSync(this.path, "wx", 0o600);
      try {
        // Random, for file systems that compress.
        const chunk = new Uint8Array(CHUNK_BYTES);
        for (let at = 0; at < CHUNK_BYTES; at += 65_536) {
          crypto.getRandomValues(chunk.subarray(at, at + 65_536));
        }
        for (let left = this.bytes; left > 0;) {
          left -= writeSync(file, chunk, 0, Math.min(left, CHUNK_BYTES));
        }
      } finally {
        closeSync(file);
      }
      return true;
    } catch {
      this.release();
      return false;
    }
  }

  release(): void {
    rmSync(this.path, { force: true });
  }
}
