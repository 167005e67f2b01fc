/**
 * The line by which a probe hangs on whoever started it on this machine: its standard input. It ends when
 * that ends, and when nothing came on it for a while, because a network that was cut tells nobody.
 */

/** How often whoever holds the other end writes there. Milliseconds. */
export const TETHER_BEAT_MS = 5_000;
/** Silence that means nobody is there any more: several lost beats. Milliseconds. */
const TETHER_SILENCE_MS = 30_000;

/**
 * Resolves with why when nobody holds the other end any more. `silenceMs`: how long it may be quiet.
 * What is written there is not looked at.
 */
export async function tetherLost(
  input: ReadableStream<Uint8Array>,
  silenceMs = TETHER_SILENCE_MS,
): Promise<string> {
  const reader = input.getReader();
  const silence = Promise.withResolvers<null>();
  let timer = setTimeout(() => silence.resolve(null), silenceMs);
  try {
    while (true) {
      const came = await Promise.race([reader.read(), silence.promise]);
      if (came === null) return `whoever started this was silent for ${silenceMs / 1000} s`;
      if (came.done) return "whoever started this let go of it";
      clearTimeout(timer);
      timer = setTimeout(() => silence.resolve(null), silenceMs);
    }
  } catch {
    return "the line to whoever started this broke";
  } finally {
    clearTimeout(timer);
  }
}
