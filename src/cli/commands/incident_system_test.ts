/** `lasthop incident` against a real ingest: from a line for nodes to nothing left. */
import { deepEqual, equal, match } from "node:assert/strict";
import { createClient } from "../../ingest/client/client.ts";
import { lasthop, withIngest } from "../asking/testing.ts";

const TOKEN = "operator-of-this-test";

Deno.test("incident: created with a line, read, told who joined, closed and deleted", () =>
  withIngest(async ({ url }) => {
    const run = async (...args: string[]) => {
      const env = { LASTHOP_TOKEN: TOKEN, HOME: "/nowhere", XDG_CONFIG_HOME: "/nowhere" };
      return await lasthop(["incident", ...args, "--ingest", url], env);
    };
    const made = await run("create", "x", "host", "10.0.0.7", "--expires", "5m", "--nodes", "2");
    equal(made.code, 0, made.stderr);
    match(made.stdout, /^sudo lasthop join http:\/\/127\.0\.0\.1:\d+#lh\.[\w-]+\.[\w-]+\n$/);
    match(
      made.stderr,
      /for 2 nodes; to end it before: lasthop incident token x --revoke [\w-]{12}/,
    );
    const code = made.stdout.trim().split("#")[1]!;
    const joined = await createClient({ url, token: code }).join("alpha");
    deepEqual([joined.incident, joined.filter], ["x", "host 10.0.0.7"]);

    const nodes = await run("nodes", "x");
    match(nodes.stdout, /^\S+ \S+ UTC {2}alpha {2}from 127\.0\.0\.1 {2}token [\w-]{12}\n$/);
    match(nodes.stderr, /code [\w-]{12}: 1 of 2 nodes, until /);
    const viewer = await run("token", "x", "--role", "viewer", "--expires", "7d");
    const report = await createClient({ url, token: viewer.stdout.trim() }).report("x");
    equal(report.incident, "x");
    const id = code.split(".")[1]!;
    equal((await run("token", "x", "--revoke", id)).code, 0);
    const late = await lasthop(["incident", "nodes", "x", "--ingest", url, "--json"], {
      LASTHOP_TOKEN: TOKEN,
    });
    deepEqual(JSON.parse(late.stdout).codes, []);

    equal((await run("close", "x")).code, 0);
    match((await run("list")).stdout, /^closed .* x {2}host 10\.0\.0\.7\n$/);
    equal((await run("delete", "x")).code, 0);
    equal((await run("list")).stdout, "no incidents\n");
    const again = await run("nodes", "x");
    equal(again.code, 1);
    match(again.stderr, /there is no "x"/);
  }, TOKEN));

Deno.test("incident: what makes no sense is refused before anything is asked", async () => {
  const refused = async (...args: string[]) => {
    const { code, stderr } = await lasthop(["incident", ...args]);
    equal(code, 2, stderr);
    return stderr;
  };
  match(await refused("close"), /Cannot close: no NAME given, must be an incident's/);
  match(await refused("make", "x"), /"make" is not known, must be one of create, list/);
  match(await refused("close", "x", "tcp"), /Cannot use FILTER with close/);
  match(await refused("create", "x", "--nodes", "501"), /must be 1 to 500/);
  match(await refused("create", "x", "hots", "1.2.3.4"), /"hots" is not a keyword/);
});
