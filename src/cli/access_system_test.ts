/** A token goes to the ingest it was written down for, and to no other. */
import { deepEqual, equal, match } from "node:assert/strict";
import { lasthop } from "./asking/testing.ts";

interface Asked {
  url: string;
  tokens: (string | null)[];
}

/** Two servers that note which token they are sent, and a home. */
async function withTwo(use: (one: Asked, other: Asked, home: string) => Promise<void>) {
  const serve = () => {
    const tokens: (string | null)[] = [];
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      tokens.push(request.headers.get("authorization"));
      return Response.json({ incidents: [] });
    });
    return { server, asked: { url: `http://127.0.0.1:${server.addr.port}`, tokens } };
  };
  const [one, other] = [serve(), serve()];
  const home = await Deno.makeTempDir({ prefix: "lasthop-access-" });
  try {
    await use(one.asked, other.asked, home);
  } finally {
    await Promise.all([one.server.shutdown(), other.server.shutdown()]);
    await Deno.remove(home, { recursive: true });
  }
}

const list = (home: string, ...args: string[]) =>
  lasthop(["list", ...args], { HOME: home, XDG_CONFIG_HOME: "", XDG_STATE_HOME: "" });

Deno.test("the configured ingest is asked with its token, and the token goes to no other", () =>
  withTwo(async (one, other, home) => {
    await Deno.mkdir(`${home}/.config/lasthop`, { recursive: true });
    const path = `${home}/.config/lasthop/config.json`;
    const tokenFile = `${home}/token`;
    await Deno.writeTextFile(tokenFile, "of-one\n", { mode: 0o600 });
    await Deno.writeTextFile(path, JSON.stringify({ ingest: one.url, tokenFile }));
    await Deno.chmod(path, 0o644);
    equal((await list(home)).code, 0);
    equal((await list(home, "--ingest", other.url)).code, 0);
    equal((await list(home, "--ingest", one.url)).code, 0);
    deepEqual(one.tokens, ["Bearer of-one", "Bearer of-one"]);
    deepEqual(other.tokens, [null]);
    for (
      const [text, mode, why] of [
        ['{"token":"secret"}', 0o600, /"token" is not known, must be left out$/m],
        ['{"tokenFile":"/x"}', 0o600, /a token file stands without the ingest it is for/],
        ["{", 0o600, /it is not JSON/],
        [JSON.stringify({ ingest: one.url }), 0o666, /others may write it/],
        [
          JSON.stringify({ ingest: one.url, tokenFile: `${home}/nowhere` }),
          0o600,
          /Cannot read "tokenFile" of .*config\.json: ".*nowhere" is not there or not readable/,
        ],
        [
          JSON.stringify({ ingest: one.url, tokenFile: home }),
          0o600,
          /Cannot read "tokenFile" of .*config\.json: ".*" (is a folder|others may read)/,
        ],
      ] as const
    ) {
      await Deno.writeTextFile(path, text);
      await Deno.chmod(path, mode);
      const { code, stderr } = await list(home);
      equal(code, 2);
      match(stderr, why);
    }
    await Deno.remove(path);
    await Deno.mkdir(path, { mode: 0o700 });
    const { code, stderr } = await list(home);
    equal(code, 2);
    match(stderr, /config\.json: it is a folder, must be a file of JSON, or not there/);
  }));
