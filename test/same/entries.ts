/** The modules of a checkout that reports are made with: those whose paths stay when others move. */

type SpecForm =
  & typeof import("../spec/form/spec.ts")
  & typeof import("../spec/form/batches.ts");

export interface Entries {
  analyse: typeof import("../../src/analysis/mod.ts").analyse;
  analyseSharded: typeof import("../shards/analyse_sharded.ts").analyseSharded;
  createClient: typeof import("../../src/ingest/mod.ts").createClient;
  startIngest: typeof import("../../src/ingest/mod.ts").startIngest;
  parseSpec: SpecForm["parseSpec"];
  inputOf: SpecForm["inputOf"];
  disturbed: SpecForm["disturbed"];
  rewired: SpecForm["rewired"];
  run: typeof import("../sim/run.ts").run;
  throughStore: typeof import("../sim/stored.ts").throughStore;
  Random: typeof import("../sim/random.ts").Random;
}

const PATHS: Record<keyof Entries, string> = {
  analyse: "src/analysis/mod.ts",
  analyseSharded: "test/shards/analyse_sharded.ts",
  createClient: "src/ingest/mod.ts",
  startIngest: "src/ingest/mod.ts",
  parseSpec: "test/spec/form/spec.ts",
  inputOf: "test/spec/form/batches.ts",
  disturbed: "test/spec/form/batches.ts",
  rewired: "test/spec/form/batches.ts",
  run: "test/sim/run.ts",
  throughStore: "test/sim/stored.ts",
  Random: "test/sim/random.ts",
};

/** Imports them from the checkout at `root`; one that is missing is an error that names it. */
export async function entriesOf(root: string): Promise<Entries> {
  const found: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(PATHS)) {
    const entry = (await import(`file://${root}/${path}`))[name];
    if (entry === undefined) throw new Error(`${root}/${path} exports no "${name}", must do`);
    found[name] = entry;
  }
  return found as unknown as Entries;
}
