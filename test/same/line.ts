/** What a reporter prints: one line of JSON for each report. */
export type Line = Told | Failed;

interface Told {
  /** Of the case, and how the report was made. */
  name: string;
  /** The report as JSON. */
  text: string;
  /** Of `text`. */
  sha256: string;
}

/** A case without its reports, or without the rest of them. */
interface Failed {
  name: string;
  threw: string;
}

/** The lines of a reporter's output as they come. */
export async function* linesOf(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Line> {
  let rest: string[] = [];
  for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
    const [first = "", ...more] = chunk.split("\n");
    rest.push(first);
    for (const part of more) {
      yield JSON.parse(rest.join(""));
      rest = [part];
    }
  }
  if (rest.join("") !== "") throw new Error("the last line of a reporter is cut, must be whole");
}
