import { deepStrictEqual as equal, match } from "node:assert/strict";
import { runLasthop, startLasthop } from "../../../test/fake/lasthop.ts";

async function withData(work: (data: string[]) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-serve-" });
  try {
    await work(["--data", `${folder}/data`]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const listen = ["serve", "--listen", "127.0.0.1:0"];

Deno.test("serve: its address alone is on stdout, the token it made in a file of its owner", () =>
  withData(async (data) => {
    for (let start = 0; start < 2; start++) {
      const server = await startLasthop([...listen, ...data]);
      const url = await server.finds(/http:\/\/127\.0\.0\.1:\d+/);
      const path = `${data[1]}/operator-token`;
      await server.says(`in ${path}`);
      equal((await Deno.stat(path)).mode! & 0o777, 0o600);
      const token = (await Deno.readTextFile(path)).trim();
      match(token, /^[\w-]{32}$/);
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${url}/v1/incidents`, { headers });
      await response.body?.cancel();
      equal(response.status, 200);
      const { code, stdout, stderr } = await server.end("SIGTERM");
      equal([code, stdout], [0, `${url}\n`]);
      equal(stderr.includes(token), false);
    }
  }));

Deno.test("serve: without a token nobody gets in; with --no-auth this machine does", () =>
  withData(async (data) => {
    for (const [flags, wanted] of [[[], 401], [["--no-auth"], 200]] as const) {
      const server = await startLasthop([...listen, ...data, ...flags]);
      const url = await server.finds(/http:\/\/127\.0\.0\.1:\d+/);
      const response = await fetch(`${url}/v1/incidents`);
      await response.body?.cancel();
      equal(response.status, wanted);
      await server.end();
    }
  }));

Deno.test("serve: a port that is taken, and --no-auth for others, are refused", () =>
  withData(async (data) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const at = `127.0.0.1:${listener.addr.port}`;
    const taken = await runLasthop(["serve", "--listen", at, ...data]);
    listener.close();
    equal(taken.code, 1);
    match(
      taken.stderr,
      /^lasthop: Cannot listen on 127\.0\.0\.1:\d+: something else listens there/m,
    );
    const open = await runLasthop(["serve", "--listen", "0.0.0.0:0", "--no-auth"]);
    equal(open.code, 2);
  }));
