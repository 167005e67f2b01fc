/** What a command refuses before anything begins, by way of commander, as it is typed. */
import { match } from "node:assert/strict";
import { execa } from "execa";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

/** What lasthop says on stderr; it must end with a failure. */
async function refusal(...words: string[]): Promise<string> {
  const said = await execa(Deno.execPath(), [
    "run",
    "-A",
    "--no-check",
    "--cached-only",
    MAIN,
    ...words,
  ], {
    reject: false,
  });
  if (said.exitCode === 0) throw new Error(`${words.join(" ")} was not refused`);
  return said.stderr;
}

const LINE = `http://127.0.0.1:1#lh.${"A".repeat(12)}.${"b".repeat(43)}`;

for (
  const [words, says] of [
    [["report", "--ingest", "foo"], /Cannot read --ingest: "foo" is not a URL/],
    [["join", LINE, "--json"], /Cannot use --json with join: a joined node can only send/],
    [["join", LINE, "--fail-on", "dropped"], /Cannot use --fail-on with join/],
    [["trace", "-n", "shop", "-A", "pod", "x"], /Cannot use -n with -A/],
    [["incident", "create", "x", "--expires", "7d"], /Cannot read --expires: 604800 s is too long/],
    [["incident", "create", "x", "--role", "viewer"], /Cannot use --role with create: it is of a/],
    [["incident", "list", "--nodes", "3"], /Cannot use --nodes with list: it is of a code/],
    [
      ["incident", "close", "x", "--revoke", "y"],
      /Cannot use --revoke with close: it ends a token/,
    ],
    [["incident", "delete", "x", "--expires", "1h"], /Cannot use --expires with delete/],
    [
      ["incident", "token", "x", "--revoke", "y", "--nodes", "3"],
      /Cannot use --nodes with token: -/,
    ],
    [
      ["incident", "token", "x", "--role", "probe", "--nodes", "3"],
      /of role "probe" lets no nodes/,
    ],
    [["serve", "--nodes", "3"], /Cannot use --nodes: it is for nodes of --incident/],
    [["serve", "--code-for", "1h"], /Cannot use --code-for: it is for nodes of --incident/],
    [["trace", "--fliter", "tcp"], /Unknown option "--fliter", did you mean "--filter"\?/],
    [["trace", "tcp", "or", "hots", "1.2.3.4"], /column 8: .*\n {2}tcp or hots 1\.2\.3\.4\n {9}\^/],
    [
      ["report", "--json", "--format", "md"],
      /Cannot use --json with --format md: each is the form/,
    ],
    [["report", "a", "--incident", "b"], /there are "a" and --incident b, must be one/],
  ] as const
) {
  Deno.test(`lasthop ${words.join(" ").replace(LINE, "LINE")} is refused in its own words`, async () => {
    match(await refusal(...words), says);
  });
}
