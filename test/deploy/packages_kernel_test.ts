/** The probe in a root that has Debian's essential packages and those of packages.txt, nothing else. */
import { deepEqual, equal } from "node:assert/strict";
import { withIngest } from "../../src/cli/asking/testing.ts";
import { createClient } from "../../src/ingest/client/client.ts";
import { Pair } from "../bpftrace/pair.ts";
import { startLasthop } from "../fake/lasthop.ts";
import { has, makeRoot, packagesFor } from "./image/root.ts";

const TOKEN = "operator-of-this-test";
const ROOT = new URL("../../", import.meta.url).pathname;
const canBuild = await has("mmdebstrap");

/** Mounts what a container has of its node, and the checkout where it lies, then becomes a command. */
const ENTER = `set -e; root=$1; checkout=$2; shift 2
umount -l /sys/kernel/tracing /sys/kernel/debug 2>/dev/null || true
mount --bind "$root" "$root"
for place in /proc /sys /dev /run/netns "$checkout"; do
  mkdir -p "$root$place"; mount --rbind "$place" "$root$place"
done
mount --bind /tmp "$root/tmp"
exec chroot "$root" "$@"`;

Deno.test({
  name: `packages: the probe needs none but those of packages.txt${
    canBuild ? "" : ", not tried: there is no mmdebstrap"
  }`,
  ignore: !canBuild,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
    const pair = await Pair.create(`lhp${crypto.randomUUID().slice(0, 6)}`);
    try {
      await makeRoot(`${folder}/root`, await packagesFor("kernel", "more"));
      await withIngest(async ({ url }) => {
        const client = createClient({ url, token: TOKEN });
        await client.createIncident({ id: "i" });
        const nodes = pair.names.flatMap((name) => ["--node", `${name}=${name}`]);
        const enter = ["unshare", "-m", "--propagation", "private", "sh", "-c", ENTER, "sh"];
        const probe = await startLasthop(
          ["probe", "--ingest", url, "--incident", "i", ...nodes, "icmp"],
          { prefix: [...enter, `${folder}/root`, ROOT], env: { LASTHOP_TOKEN: TOKEN } },
        );
        await probe.says("ready: reporting");
        await pair.ping(5);
        const { code, stderr } = await probe.end("SIGINT");
        equal(code, 0, stderr);
        equal(/installing/.test(stderr), false, stderr);
        const { nodes: seen, flows } = await client.report("i");
        deepEqual(seen.map(({ lost }) => lost), [0, 0]);
        deepEqual(
          seen.flatMap(({ scripts }) => scripts.filter((one) => one.state !== "attached")),
          [],
        );
        deepEqual(flows.map(({ outcome, packets }) => [outcome, packets.seen]), [
          ["delivered", 5],
          ["delivered", 5],
        ]);
        deepEqual(await gapsOf(await client.downloadArchive("i")), []);
      }, TOKEN);
    } finally {
      await pair.remove();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** What the states of an archive could not read. */
async function gapsOf(archive: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<unknown[]> {
  const text = await new Response(archive.pipeThrough(new DecompressionStream("gzip"))).text();
  return text.split("\n").filter((line) => line.startsWith('{"kind":"state"'))
    .flatMap((line) => JSON.parse(line).gaps);
}
