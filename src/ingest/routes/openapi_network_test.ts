/** The OpenAPI document as others read it: a linter, and clients that are generated from it. */
import { deepEqual, equal } from "node:assert/strict";
import { execa } from "execa";
import { npmToolOrWhy } from "../../../deploy/npm_tool.ts";
import { startIngest } from "../deno.ts";
import { openApiDocument } from "./openapi.ts";
import { OPERATIONS } from "./operations.ts";

const { modules, why } = await npmToolOrWhy("openapi");
const ignore = modules === undefined;
if (ignore) console.log(`OpenAPI tools left out: ${why}`);

/** A program of npm's, run by Deno: it is here in any case. */
async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  await Deno.writeTextFile(`${folder}/deno.json`, '{ "nodeModulesDir": "manual" }');
  const { exitCode, all } = await execa(
    Deno.execPath(),
    ["run", "-A", "--config", `${folder}/deno.json`, `${modules}/${program}`, ...args],
    {
      reject: false,
      all: true,
      stdin: "ignore",
      cwd: folder,
      env: { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" },
    },
  );
  equal(exitCode, 0, all);
  return String(all);
}

async function withDocument(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  try {
    const document = JSON.stringify(openApiDocument(OPERATIONS), null, 2);
    await Deno.writeTextFile(`${folder}/openapi.json`, document);
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "Redocly's linter finds nothing in the OpenAPI document",
  ignore,
  fn: () =>
    withDocument(async (folder) => {
      // This repository names no licence, so the document names none.
      const config = 'extends:\n  - recommended-strict\nrules:\n  info-license: "off"\n';
      await Deno.writeTextFile(`${folder}/redocly.yaml`, config);
      const lint = ["lint", "openapi.json", "--format=json", "--config=redocly.yaml"];
      const said = await run(folder, "@redocly/cli/bin/cli.js", ...lint);
      const { problems } = JSON.parse(said.slice(said.indexOf("{"), said.lastIndexOf("}") + 1));
      deepEqual(problems, []);
    }),
});

const CLIENT = `
import createClient from "openapi-fetch";
import type { components, paths } from "./openapi.d.ts";

const [url = "", token = ""] = Deno.args;
const headers = { authorization: \`Bearer \${token}\` };
const client = createClient<paths>({ baseUrl: url, headers });
const params = { path: { id: "generated" } };
const made = await client.POST("/v1/incidents", { body: { id: "generated", filter: "tcp" } });
const filter: string | undefined = made.data?.filter;
const closed = await client.POST("/v1/incidents/{id}/close", { params, body: {} });
const list = await client.GET("/v1/incidents/{id}/problems", {
  params: { ...params, query: { outcome: ["dropped", "slow"], limit: 3, wait: 1 } },
});
const problems: components["schemas"]["Problem"][] = list.data?.problems ?? [];
const again = await client.POST("/v1/incidents", { body: { id: "generated" } });
const code: string | undefined = again.error?.code;
const isClosed = (closed.data?.closedAt ?? null) !== null;
// @ts-expect-error: an outcome that there is none of.
await client.GET("/v1/incidents/{id}/problems", { params: { ...params, query: { outcome: ["no"] } } });
// @ts-expect-error: a path that there is none of.
await client.GET("/v1/none");
console.log(JSON.stringify({ filter, isClosed, verdict: list.data?.verdict, problems, code }));
`;

Deno.test({
  name: "a client that is generated from the OpenAPI document compiles, and works",
  ignore,
  fn: () =>
    withDocument(async (folder) => {
      const generate = ["openapi.json", "--output", "openapi.d.ts"];
      await run(folder, "openapi-typescript/bin/cli.js", ...generate);
      await Deno.writeTextFile(`${folder}/client.ts`, CLIENT);
      await Deno.symlink(modules!, `${folder}/node_modules`);
      const token = "a-root-token-of-this-test-alone";
      const ingest = await startIngest({
        listen: { hostname: "127.0.0.1", port: 0 },
        rootToken: token,
        allowLoopbackWithoutToken: false,
      });
      try {
        const { exitCode, stdout, stderr } = await execa(
          Deno.execPath(),
          [
            "run",
            "--check",
            "--allow-net",
            "--config",
            "deno.json",
            "client.ts",
            ingest.url,
            token,
          ],
          { reject: false, stdin: "ignore", cwd: folder, env: { NO_COLOR: "1" } },
        );
        equal(exitCode, 0, String(stderr));
        deepEqual(JSON.parse(String(stdout)), {
          filter: "tcp",
          isClosed: true,
          verdict: "none",
          problems: [],
          code: "incident_exists",
        });
      } finally {
        await ingest.stop();
      }
    }),
});
