/** Waiting for a person to press Enter. */

/** True when Enter was pressed; false when `interrupted` resolved first, or the input ended. */
export async function untilEnter(
  interrupted: Promise<unknown>,
  input: ReadableStream<Uint8Array> = Deno.stdin.readable,
): Promise<boolean> {
  const reader = input.getReader();
  const pressed = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      if (value.includes(0x0a) || value.includes(0x0d)) return true;
    }
  };
  try {
    return await Promise.race([pressed(), interrupted.then(() => false)]);
  } finally {
    await reader.cancel().catch(() => {});
  }
}
