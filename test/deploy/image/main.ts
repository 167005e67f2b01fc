/**
 * `deno task image`: the probe's image built and run as docs/deploy.md says. Arguments: `--base NAME`
 * for a base image that is there; `--write` writes the versions that it has to debian.versions.
 */
import { withIngest } from "../../../src/cli/asking/testing.ts";
import { createClient } from "../../../src/ingest/client/client.ts";
import { Pair } from "../../bpftrace/pair.ts";
import { buildImage, makeBase, missingPrograms, runImage, versionsOf } from "./container.ts";
import { run } from "./root.ts";

const TOKEN = "operator-of-this-task";
const VERSIONS = new URL("../../../deploy/container/debian.versions", import.meta.url);

const id = crypto.randomUUID().slice(0, 8);
const image = `localhost/lasthop-probe-${id}`;
const ownBase = `localhost/lasthop-base-${id}`;
const given = Deno.args.includes("--base") ? Deno.args[Deno.args.indexOf("--base") + 1]! : null;
const writes = Deno.args.includes("--write");

/** Seconds of a step, told when it is over. */
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const beganMs = performance.now();
  const result = await work();
  console.log(`${what}: ${((performance.now() - beganMs) / 1_000).toFixed(0)} s`);
  return result;
}

/** Traces a pair of namespaces by the image; what is wrong with what it reported. */
async function faultsOf(folder: string): Promise<string[]> {
  const pair = await Pair.create(`lhi${id.slice(0, 6)}`);
  const faults: string[] = [];
  try {
    await withIngest(async ({ url }) => {
      const client = createClient({ url, token: TOKEN });
      await client.createIncident({ id: "i" });
      const nodes = pair.names.flatMap((name) => ["--node", `${name}=${name}`]);
      const args = ["--ingest", url, "--incident", "i", ...nodes, "icmp"];
      const { code, said } = await runImage(
        { image, folder, args, token: TOKEN },
        () => pair.ping(50),
      );
      if (code !== 0) faults.push(`exit ${code}: ${said}`);
      const { nodes: seen, flows } = await client.report("i");
      for (const { name, scripts, lost } of seen) {
        const off = scripts.filter(({ state }) => state !== "attached");
        console.log(`node ${name}: ${scripts.length - off.length} scripts attached, ${lost} lost`);
        if (off.length > 0 || lost > 0) {
          faults.push(`node ${name}: ${JSON.stringify(off)}, ${lost}`);
        }
      }
      const told = flows.map(({ outcome, packets }) => `${packets.seen} ${outcome}`).join(", ");
      console.log(`flows: ${told}`);
      if (told !== "50 delivered, 50 delivered") faults.push(`flows: ${told}`);
    }, TOKEN);
  } finally {
    await pair.remove();
  }
  return faults;
}

async function main(): Promise<number> {
  const missing = await missingPrograms();
  if (missing.length > 0) {
    console.error(`Cannot build images: ${missing.join(", ")} not found, must be installed`);
    return 2;
  }
  const folder = await Deno.makeTempDir({ prefix: "lasthop-image-" });
  const base = given ?? ownBase;
  const made: string[] = [];
  try {
    if (given === null) {
      await timed("base", () => makeBase(base, folder));
      made.push(base);
    }
    const versions = writes ? "any" : "tried";
    await timed("image", () => buildImage({ base, name: image, versions, folder }));
    made.push(image);
    if (writes) await Deno.writeTextFile(VERSIONS, await versionsOf(image));
    const faults = await timed("run by runc", () => faultsOf(folder));
    for (const fault of faults) console.error(fault);
    return faults.length === 0 ? 0 : 1;
  } finally {
    for (const name of made.reverse()) await run(["buildah", "rmi", name]).catch(console.error);
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main());
