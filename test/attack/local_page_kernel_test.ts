/** The pages of `trace`, `demo` and `replay` against another user of this machine. */
import { equal, match } from "node:assert/strict";
import { type Running, startLasthop } from "../fake/lasthop.ts";

/** Status of a request that the user `nobody` makes with curl. */
async function asNobody(...args: string[]): Promise<number> {
  const { stdout } = await new Deno.Command("setpriv", {
    args: ["--reuid=65534", "--regid=65534", "--clear-groups", "--", "curl", "-s", "-o"]
      .concat("/dev/null", "-w", "%{http_code}", "--max-time", "10", ...args),
  }).output();
  return Number(new TextDecoder().decode(stdout));
}

/** Everything that this user tries on the page at `url` is refused. */
async function isShut(url: string, incident: string): Promise<void> {
  const at = `${url}/v1/incidents`;
  const attempts: Record<string, string[]> = {
    list: [at],
    view: [`${at}/${incident}/report`],
    live: [`${at}/${incident}/live`],
    keep: [`${at}/${incident}/archive`],
    create: ["--json", '{"id":"forged"}', at],
    forge: ["-X", "POST", "--data-binary", "x", `${at}/${incident}/batches`],
    import: ["-X", "POST", "--data-binary", "x", `${at}/forged/archive`],
    end: ["-X", "POST", `${at}/${incident}/close`],
    delete: ["-X", "DELETE", `${at}/${incident}`],
    mint: ["--json", '{"role":"operator"}', `${at}/${incident}/tokens`],
    metrics: [`${url}/metrics`],
    guess: ["-H", "authorization: Bearer root", at],
    empty: ["-H", "authorization: Bearer ", at],
    "in the query": [`${at}?token=root`],
    loopback: ["-H", "host: localhost", "-H", "x-forwarded-for: 127.0.0.1", at],
  };
  for (const [name, args] of Object.entries(attempts)) equal(await asNobody(...args), 401, name);
}

/** A port that was free a moment ago: the page's own is not told before there is one. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Runs a command with a page, and `work` on its URL with the token in the fragment. */
async function withPage(
  args: string[],
  work: (page: URL, running: Running) => Promise<void>,
): Promise<void> {
  const running = await startLasthop([...args, "--listen", "127.0.0.1:0"], { bare: true });
  try {
    const said = await running.finds(/http:\/\/127\.0\.0\.1:\d+\/incidents\/\S+/);
    await work(new URL(said), running);
  } finally {
    await running.end("SIGINT");
  }
}

/** The incident of a page, and that its printed URL holds the key where no server logs it. */
async function keyOpens(page: URL): Promise<string> {
  const [, token = ""] = /^#token=([0-9a-f-]{36})$/.exec(page.hash) ?? [];
  equal(token.length, 36, "the key is in the fragment");
  equal([page.search, page.pathname.includes(token)].join(), ",false");
  const header = `authorization: Bearer ${token}`;
  equal(await asNobody("-H", header, `${page.origin}/v1/incidents`), 200, "with the key");
  return page.pathname.split("/").at(-1)!;
}

Deno.test("trace: another user can't see, forge, end or delete root's trace", () =>
  withPage(["trace", "udp and port 4"], async (page, trace) => {
    await trace.ready();
    const incident = await keyOpens(page);
    await isShut(page.origin, incident);
    match(page.host, /^127\.0\.0\.1:/);
  }));

Deno.test("replay: another user can't see, forge, end or delete what root replays", async () => {
  const archive = new URL("../mutation/archives/01.1.fault.lasthop", import.meta.url).pathname;
  await withPage(["replay", archive], async (page) => {
    await isShut(page.origin, await keyOpens(page));
  });
});

Deno.test("demo: another user can't see, forge, end or delete root's demo", async () => {
  const url = `http://127.0.0.1:${freePort()}`;
  const args = ["demo", "--no-wait", "--listen", new URL(url).host];
  const demo = await startLasthop(args, { bare: true });
  try {
    await demo.says("sending its traffic");
    await isShut(url, "I1");
  } finally {
    await demo.end();
  }
});
