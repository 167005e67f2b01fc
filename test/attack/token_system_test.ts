/** Where a token may be told: other users see a command line, and a file that they may read. */
import { deepEqual, equal, match } from "node:assert/strict";
import { runLasthop } from "../fake/lasthop.ts";

const SECRET = "token-5f0c1d7e";

/** An ingest that remembers the token it was asked with. */
async function asked(args: string[], env: Record<string, string> = {}) {
  const tokens: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    tokens.push(request.headers.get("authorization"));
    return Response.json({ incidents: [] });
  });
  const ingest = ["--ingest", `http://127.0.0.1:${server.addr.port}`];
  const ended = await runLasthop(["list", ...ingest, ...args], { bare: true, env });
  await server.shutdown();
  return { ...ended, tokens };
}

Deno.test("token: on a command line it works, and every user is said to see it", async () => {
  const { code, stderr, tokens } = await asked(["--token", SECRET]);
  deepEqual([code, tokens], [0, [`Bearer ${SECRET}`]]);
  match(stderr, /^lasthop: every user of this machine can see --token, .*--token-file/m);
  equal(stderr.includes(SECRET), false);
});

Deno.test("token: from a file of its owner alone, without a word", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  const path = `${folder}/token`;
  try {
    await Deno.writeTextFile(path, `${SECRET}\n`, { mode: 0o600 });
    const taken = await asked(["--token-file", path], { LASTHOP_TOKEN: "another" });
    deepEqual([taken.code, taken.stderr, taken.tokens], [0, "", [`Bearer ${SECRET}`]]);
    await Deno.chmod(path, 0o644);
    const open = await asked(["--token-file", path]);
    deepEqual([open.code, open.tokens], [2, []]);
    match(open.stderr, /^lasthop: Cannot read --token-file: others may read ".*", must be/);
    const both = await asked(["--token-file", path, "--token", SECRET]);
    equal(both.code, 2);
    const none = await asked(["--token-file", `${folder}/none`]);
    match(none.stderr, /^lasthop: Cannot read --token-file: .*, must be/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
