/** What two guests told of one run, as one archive. */

/** The archives' batches under one first line, which counts them. */
export async function joined(paths: readonly string[], path: string): Promise<void> {
  const texts = await Promise.all(paths.map(textOf));
  const firsts = texts.map((text) => JSON.parse(text.slice(0, text.indexOf("\n"))));
  const batches = firsts.reduce((sum, first) => sum + first.batches, 0);
  const lines = texts.map((text) => text.slice(text.indexOf("\n") + 1));
  const whole = `${JSON.stringify({ ...firsts[0], batches })}\n${lines.join("")}`;
  const gzip = new Blob([whole]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(path, gzip);
}

async function textOf(path: string): Promise<string> {
  const file = await Deno.open(path);
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
}
