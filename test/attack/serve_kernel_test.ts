/** `lasthop serve --no-auth` against other users of this machine, and what stands in front of it. */
import { equal } from "node:assert/strict";
import { startLasthop } from "../fake/lasthop.ts";

const ROOT: string[] = [];
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];

/** Status and code of a request that curl makes, with another command in front. */
async function curl(as: string[], ...args: string[]): Promise<string> {
  const words = ["curl", "-s", "-w", " %{http_code}", "--max-time", "10", ...args];
  const [file, ...rest] = [...as, ...words];
  const { stdout } = await new Deno.Command(file!, { args: rest }).output();
  const said = new TextDecoder().decode(stdout);
  const code = /"code":"(\w+)"/.exec(said)?.[1] ?? "-";
  return `${said.split(" ").at(-1)} ${code}`;
}

async function withServe(run: (url: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  const listen = ["--listen", "127.0.0.1:0", "--data", `${folder}/data`];
  const server = await startLasthop(["serve", "--no-auth", ...listen], { bare: true });
  try {
    await run(await server.finds(/http:\/\/127\.0\.0\.1:\d+/));
  } finally {
    await server.end();
    await Deno.remove(folder, { recursive: true });
  }
}

/** A proxy that changes nothing of what it passes on, as nginx does unless told otherwise. */
async function silentProxy(as: string[], url: string) {
  const script = `const [, port] = /:(\\d+)$/.exec(Deno.args[0]);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    console.log(listener.addr.port);
    for await (const from of listener) {
      const to = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
      from.readable.pipeTo(to.writable).catch(() => {});
      to.readable.pipeTo(from.writable).catch(() => {});
    }`;
  // Deno's own folder is root's, so another user is given a copy of the script on stdin.
  const [file, ...args] = [...as, Deno.execPath(), "run", "-A", "--no-config", "-", url];
  const child = new Deno.Command(file!, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    env: { DENO_DIR: "/nonexistent", HOME: "/nonexistent" },
  }).spawn();
  await new Blob([script]).stream().pipeTo(child.stdin);
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number((await lines.read()).value);
  return {
    port,
    async stop() {
      child.kill("SIGKILL");
      await Promise.all([child.status, lines.cancel()]);
    },
  };
}

Deno.test("serve --no-auth: root is let in, another user of this machine is not", () =>
  withServe(async (url) => {
    const at = `${url}/v1/incidents`;
    equal(await curl(ROOT, at), "200 -");
    equal(await curl(ROOT, "--json", '{"id":"i"}', at), "201 -");
    for (
      const args of [
        [at],
        [`${at}/i/report`],
        ["-X", "DELETE", `${at}/i`],
        ["--json", '{"id":"forged"}', at],
        ["--json", '{"role":"operator"}', `${at}/i/tokens`],
        [`${url}/metrics`],
      ]
    ) equal(await curl(NOBODY, ...args), "401 token_missing", args.join(" "));
    equal(await curl(ROOT, `${at}/i`), "200 -");
  }));

Deno.test("serve --no-auth: who comes through a proxy is refused, whatever that adds", () =>
  withServe(async (url) => {
    const at = `${url}/v1/incidents`;
    for (
      const header of [
        "X-Real-IP: 127.0.0.1",
        "Via: 1.1 proxy",
        "Forwarded: for=127.0.0.1",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Host: localhost",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Port: 80",
        "X-Forwarded-Server: proxy",
        "X-Client-IP: 127.0.0.1",
        "True-Client-IP: 127.0.0.1",
        "CF-Connecting-IP: 127.0.0.1",
        "X-Envoy-External-Address: 127.0.0.1",
        "X-A-Proxy-Nobody-Knows: 1",
      ]
    ) equal(await curl(ROOT, "-H", header, at), "401 token_missing", header);
    const proxy = await silentProxy(NOBODY, url);
    try {
      const own = new URL(url).host;
      const through = `http://127.0.0.1:${proxy.port}/v1/incidents`;
      equal(await curl(ROOT, "-H", `host: ${own}`, through), "401 token_missing");
    } finally {
      await proxy.stop();
    }
  }));
