/** What is deployed to Workers, as wrangler reads it, and that workerd is told the same. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { execa } from "execa";
import { bundleWorker } from "../../deploy/bundle_worker.ts";
import { npmToolOrWhy } from "../../deploy/npm_tool.ts";

const DEPLOY = new URL("../../deploy", import.meta.url).pathname;
const { modules, why } = await npmToolOrWhy("wrangler");

/** wrangler's own runtime is Node of a version that Debian 12 has not; Deno does as well. */
async function dryRun(root: string): Promise<string> {
  const config = `${root}/deno.json`;
  await Deno.writeTextFile(config, '{ "nodeModulesDir": "manual" }');
  const { exitCode, all } = await execa(
    Deno.execPath(),
    ["run", "-A", "--config", config, `${modules}/wrangler/bin/wrangler.js`, "deploy", "--dry-run"]
      .concat("--config", `${root}/deploy/wrangler.jsonc`, "--outdir", `${root}/out`),
    {
      reject: false,
      all: true,
      stdin: "ignore",
      cwd: root,
      env: { WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: `${root}/logs`, CI: "1" },
    },
  );
  equal(exitCode, 0, all);
  return String(all);
}

async function withStage(use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  try {
    await Deno.mkdir(`${root}/deploy`);
    await Deno.mkdir(`${root}/dist/worker`, { recursive: true });
    await Deno.copyFile(`${DEPLOY}/wrangler.jsonc`, `${root}/deploy/wrangler.jsonc`);
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const title = "wrangler's dry run takes deploy/wrangler.jsonc and the bundle";

Deno.test({
  name: why === undefined ? title : `${title}, not tried: ${why}`,
  ignore: why !== undefined,
  fn: () =>
    withStage(async (root) => {
      const { code, bytes, gzipBytes } = await bundleWorker();
      await Deno.writeTextFile(`${root}/dist/worker/worker.js`, code);
      const said = await dryRun(root);
      for (const name of ["DIRECTORY", "HUB", "SHARD", "ARCHIVES", "LIMITS", "SHARDS"]) {
        match(said, new RegExp(`env\\.${name} `), said);
      }
      ok(!/warning|unexpected/i.test(said), said);
      const [, upload] = /gzip: ([\d.]+) KiB/.exec(said) ?? [];
      // Cloudflare takes 10 MB, compressed; a start has to parse all of it.
      ok(Number(upload) < 1_000, `the upload is ${upload} KiB, must stay far below 10 MB`);
      console.log(`worker.js: ${bytes} bytes, ${gzipBytes} with gzip`);
    }),
});

/** The values of `name = "…"` in a part of the configuration. */
const namesIn = (text: string, name: string) =>
  [...text.matchAll(new RegExp(`${name} = "([^"]*)"`, "g"))].map(([, value]) => value!);

Deno.test("workerd is told what Cloudflare is told", async () => {
  const jsonc = await Deno.readTextFile(`${DEPLOY}/wrangler.jsonc`);
  const wrangler = JSON.parse(jsonc.replace(/^\s*\/\/.*$/gm, ""));
  const capnp = await Deno.readTextFile(`${DEPLOY}/workerd/lasthop.capnp`);
  const worker = capnp.slice(capnp.indexOf("const ingest"));

  deepEqual(namesIn(worker, "compatibilityDate"), [wrangler.compatibility_date]);
  const flags = /compatibilityFlags = \[([^\]]*)\]/.exec(worker)?.[1] ?? "";
  deepEqual(flags.match(/\w+/g) ?? [], wrangler.compatibility_flags);

  const { bindings } = wrangler.durable_objects as {
    bindings: { name: string; class_name: string }[];
  };
  const objects = [...worker.matchAll(/name = "(\w+)", durableObjectNamespace = "(\w+)"/g)];
  deepEqual(
    objects.map(([, name, class_name]) => ({ name, class_name })),
    bindings,
  );
  const [{ new_sqlite_classes }] = wrangler.migrations;
  deepEqual(namesIn(worker, "className"), new_sqlite_classes);

  const names = [...worker.matchAll(/^\s+\(name = "(\w+)"/gm)].map(([, name]) => name);
  const others = names.filter((name) => !bindings.some((binding) => binding.name === name));
  const [bucket] = wrangler.r2_buckets;
  deepEqual(
    new Set(others),
    new Set([bucket.binding, "ROOT_TOKEN", ...Object.keys(wrangler.vars)]),
  );
});
