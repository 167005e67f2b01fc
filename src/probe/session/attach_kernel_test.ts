/**
 * A filter as people write it is attached at once. bpftrace 0.17 gives a program 512 bytes of stack, of
 * which ours need nearly all: a line more in `bpf/` can be one too many, and then what is refused is tried
 * again with less in it, which takes many seconds and tells less. Needs root.
 */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { sideBySide } from "../../../test/side_by_side.ts";
import { withScene } from "../state/kernel_testing.ts";
import { DEFAULT_SHARE } from "../run/share.ts";
import { resolveNodes, startSession } from "./mod.ts";

const FILTERS = [
  ...["", "host 10.2.0.100 and udp port 53", "icmp6 or icmp", "host fd00::1 and tcp port 443"],
  ...["net 10.0.0.0/8 and not tcp port 22", "host 10.0.0.1 or host fd00::2", "arp or icmp"],
  ...["tcp port 80 or udp port 53 or icmp", "src host 10.1.2.3 and dst port 8080"],
  "(host 10.0.0.1 and tcp port 80) or (host fd00::3 and udp port 53)",
];

/** A recorder's programs need more, and the tries that it takes are known: in pieces, and without following. */
const RECORDED = ["host 10.2.0.100 and icmp", "icmp6 or icmp"];
const TRIES_OF_RECORDER = 2;

/** What a session says of programs that were refused. */
async function refusals(filter: string, recorder: boolean): Promise<string[]> {
  const refused: string[] = [];
  await withScene(async (scene) => {
    const session = await startSession({
      nodes: await resolveNodes([
        { name: "a", netns: [scene.a] },
        { name: "b", netns: [scene.b] },
      ], filter),
      ...{ filter, recorder },
      incident: "i",
      share: DEFAULT_SHARE,
      onBatch() {},
      onProgress: (text) => text.includes("refused") && refused.push(text),
    });
    await session.ready;
    await session.stop();
  });
  return refused;
}

const halves = <T>(all: readonly T[]) =>
  [0, 1].map((half) => all.filter((_, at) => at % 2 === half));

sideBySide("filters are attached at the first try", Deno.uid() !== 0, [
  ...halves(FILTERS).map((filters) =>
    filters.map((filter) => ({
      name: `attached at once: ${JSON.stringify(filter)}`,
      fn: async () => equal(await refusals(filter, false), []),
    }))
  ),
  RECORDED.map((filter) => ({
    name: `a recorder is attached soon: ${JSON.stringify(filter)}`,
    fn: async () => {
      const refused = await refusals(filter, true);
      ok(refused.length <= TRIES_OF_RECORDER, refused.join("\n"));
    },
  })),
]);
