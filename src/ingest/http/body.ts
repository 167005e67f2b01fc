/**
 * Reading a request body of an untrusted sender: bytes are counted before and after decompression
 * while they stream, so a gzip bomb stops at the limit; silence and slowness end in an error.
 */
import type { Clock } from "../clock.ts";
import { Problem } from "./problem.ts";

/** Bounds of one body. */
export interface BodyLimits {
  /** Bytes as sent. */
  compressedBytesMax: number;
  /** Bytes after decompression. */
  bytesMax: number;
  /** Longest silence. */
  idleMs: number;
  /** Longest time for all. */
  totalMs: number;
  /** On the whole, after a grace of `idleMs`. */
  bytesPerSecondMin: number;
}

/** How a body is read. */
export interface BodyOptions {
  limits: BodyLimits;
  clock: Clock;
  /** `sniff`: gzip when it begins like gzip, whatever the headers say. */
  encoding: "identity" | "gzip" | "sniff";
  /** Told the size of each piece as it was sent. */
  onBytes?: (bytes: number) => void;
}

/** The encoding a Content-Encoding header names. Throws Problem `encoding_unsupported`. */
export function encodingOf(header: string | undefined): "identity" | "gzip" {
  const name = (header ?? "").trim().toLowerCase();
  if (name === "" || name === "identity") return "identity";
  if (name === "gzip" || name === "x-gzip") return "gzip";
  const is = JSON.stringify(name.slice(0, 40));
  throw new Problem(
    415,
    "encoding_unsupported",
    `Cannot read body: content-encoding is ${is}, must be gzip or absent`,
    { headers: { "accept-encoding": "gzip" } },
  );
}

/**
 * The text of a body, piece by piece. Bytes that are not UTF-8 become U+FFFD. Throws Problem
 * `body_too_large`, `body_slow`, `body_aborted` or `gzip_broken`.
 */
export async function* readText(
  body: ReadableStream<Uint8Array>,
  options: BodyOptions,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const { encoding, clock, limits: { bytesMax } } = options;
  for await (const bytes of plainBytes(sentBytes(body, options), { encoding, clock, bytesMax })) {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== "") yield text;
  }
  const end = decoder.decode();
  if (end !== "") yield end;
}

/**
 * Chunks as they were sent to what they were before compression. Throws Problem `body_too_large` or
 * `gzip_broken`, and what reading the chunks throws.
 */
export async function* plainBytes(
  sent: AsyncGenerator<Uint8Array>,
  { encoding, clock, bytesMax }: Pick<BodyOptions, "encoding" | "clock"> & { bytesMax: number },
): AsyncGenerator<Uint8Array> {
  const first = await sent.next();
  if (first.done === true) return;
  const isGzip = first.value[0] === 0x1f && (first.value.length < 2 || first.value[1] === 0x8b);
  const gzip = encoding === "gzip" || (encoding === "sniff" && isGzip);
  const chunks = prepend(first.value, sent);
  let bytes = 0;
  for await (const chunk of gzip ? gunzip(chunks, clock) : chunks) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw new Problem(
        413,
        "body_too_large",
        `Cannot read body: more than ${bytesMax} bytes${gzip ? " after decompression" : ""}, ` +
          `must be at most that many; send several`,
      );
    }
    yield chunk;
  }
}

async function* prepend(first: Uint8Array, rest: AsyncIterable<Uint8Array>) {
  yield first;
  yield* rest;
}

/**
 * A body as it is sent. Throws Problem `body_too_large` when that is too large, `body_slow` after a
 * silence or too long a time for all, `body_aborted`.
 */
export async function* sentBytes(
  body: ReadableStream<Uint8Array>,
  { limits, clock, onBytes }: BodyOptions,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const beganMs = clock.monotonicMs();
  let bytes = 0;
  try {
    for (;;) {
      const earnedMs = limits.idleMs + 1000 * bytes / limits.bytesPerSecondMin;
      const endMs = beganMs + Math.min(limits.totalMs, earnedMs);
      const leftMs = Math.min(limits.idleMs, endMs - clock.monotonicMs());
      const { done, value } = await withDeadline(reader.read(), leftMs, clock);
      if (done) return;
      bytes += value.length;
      onBytes?.(value.length);
      if (bytes > limits.compressedBytesMax) {
        await drain(reader, limits, clock);
        throw new Problem(
          413,
          "body_too_large",
          `Cannot read body: more than ${limits.compressedBytesMax} bytes sent, ` +
            `must be at most that many; send several`,
        );
      }
      if (value.length > 0) yield value;
    }
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(
      400,
      "body_aborted",
      "Cannot read body: the sender broke off, must be sent whole",
    );
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Reads on for a while without keeping anything: many clients read no answer before they have sent
 * all, and some servers close the connection over a body that was not taken.
 */
async function drain(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { compressedBytesMax, idleMs }: BodyLimits,
  clock: Clock,
): Promise<void> {
  const endMs = clock.monotonicMs() + idleMs;
  for (let left = 4 * compressedBytesMax; left > 0;) {
    const read = withDeadline(reader.read(), endMs - clock.monotonicMs(), clock);
    const { done, value } = await read.catch(() => ({ done: true, value: undefined }));
    if (done || value === undefined) return;
    left -= value.length;
  }
}

function withDeadline<T>(promise: Promise<T>, delayMs: number, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(Math.max(0, delayMs), () => {
      const detail = `Cannot read body: nothing came in time (waited ${Math.round(delayMs)} ms), ` +
        `must be sent without long pauses`;
      reject(new Problem(408, "body_slow", detail, { headers: { connection: "close" } }));
    });
    promise.then(resolve, reject).finally(cancel);
  });
}

/** Bytes that are decompressed at once; they may become a thousand times as many. */
const PIECE_BYTES = 1024;

/** All that one piece becomes is in memory at once, so pieces are small. */
async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield chunk.subarray(at, at + PIECE_BYTES);
    }
  }
}

/**
 * One gzip member, decompressed as it is asked for. Its end is told only when everything before was
 * taken: a stream that fails, as that of a cut body does at its end, drops what waits in it.
 */
async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  clock: Clock,
): AsyncGenerator<Uint8Array> {
  /** Pieces given so far, and whether the next one is waited for. */
  let given = 0;
  let isAsked = false;
  let isOver = false;
  const drained = async () => {
    for (let before = -1; !isOver && !(isAsked && given === before);) {
      before = isAsked ? given : -1;
      await new Promise<void>((resolve) => clock.after(0, resolve));
    }
  };
  let sourceError: unknown;
  const iterator: AsyncIterator<Uint8Array> = pieces(chunks)[Symbol.asyncIterator]();
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done === true) {
          await drained();
          controller.close();
        } else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        sourceError = error;
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  }, { highWaterMark: 0 });
  try {
    const unpacked = source.pipeThrough(new DecompressionStream("gzip"))[Symbol.asyncIterator]();
    for (;;) {
      isAsked = true;
      const { done, value } = await unpacked.next();
      isAsked = false;
      given += 1;
      if (done === true) return;
      yield value;
    }
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    if (error instanceof Problem) throw error;
    throw new Problem(
      400,
      "gzip_broken",
      "Cannot decompress body: the gzip data is cut or broken, must be one whole gzip member",
    );
  } finally {
    isOver = true;
  }
}
