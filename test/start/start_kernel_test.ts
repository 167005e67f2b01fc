/** From nothing to a verdict of three nodes, as docs/start.md tells it: what must be typed is counted. */
import { equal, ok } from "node:assert/strict";
import { kernelTest } from "../../src/lab/kernel_testing.ts";
import { run } from "../../src/lab/process.ts";
import { type Running, startLasthop } from "../fake/lasthop.ts";
import { INGEST_ADDRESS, SERVER_ADDRESS, withYard } from "./yard.ts";

const COMMANDS_MAX = 4;
/** Characters, besides the pasted line. */
const TYPED_MAX = 160;

/** In front of a command: on one machine, and with a terminal where a person would have one. */
const on = (netns: string) => ["ip", "netns", "exec", netns];
const onTerminal = (netns: string) => [
  ...on(netns),
  ...["bash", "-c", 'exec script -qefc "$*" /dev/null', "terminal"],
];

kernelTest(
  "start: three nodes from nothing to a verdict, by one typed command and a line",
  () =>
    withYard(async ({ laptop, nodes }) => {
      // Every command that somebody has to enter somewhere, as it is counted at the end.
      const entered: { typed: string; pasted: string }[] = [];
      const folder = await Deno.makeTempDir({ prefix: "lasthop-start-" });
      const began = performance.now();
      const filter = ["host", SERVER_ADDRESS];
      const typed = ["serve", "--listen", "0.0.0.0", "--incident", "x", ...filter];
      // Three machines have each a folder of their own; here they share a disk.
      const data = ["--data", `${folder}/data`];
      const server = await startLasthop([...typed, ...data], { prefix: onTerminal(laptop.name) });
      entered.push({ typed: `sudo lasthop ${typed.join(" ")}`, pasted: "" });
      const probes: Running[] = [];
      try {
        const line = await server.finds(/sudo lasthop join \S+#\S+/);
        ok(line.startsWith(`sudo lasthop join http://${INGEST_ADDRESS}:4680#lh.`), line);
        const pasted = line.split(" ").slice(2);
        for (const { name, role } of nodes) {
          // Three machines are told apart by their names and kernels; these have one of both.
          const own = ["--node", `${role}=${name}`, "--spool", `${folder}/${role}`, "--no-archive"];
          probes.push(await startLasthop([...pasted, ...own], { prefix: on(name) }));
          entered.push({ typed: "", pasted: line });
        }
        for (const { role } of nodes) await server.says(`✓ ${role} sees`);
        const sight = await server.finds(/✓ alpha sees all \d+ kinds of event in/);
        const seconds = Math.round((performance.now() - began) / 1000);
        const ping = ["ping", "-n", "-q", "-c", "3", "-i", "0.2", "-W", "1", SERVER_ADDRESS];
        await run([...on(nodes[0]!.name), ...ping]).catch(() => {});
        await server.finds(/✕ dropped, ip-forwarding-disabled: 1 ping from 10\.178\.1\.2/);
        // The page has a shorter address.
        const typedText = entered.map(({ typed }) => typed).join("")
          .replace(SERVER_ADDRESS, "10.0.0.7");
        const count = `${entered.length} commands, ${typedText.length} typed characters`;
        const lines = new Set(entered.map(({ pasted }) => pasted).filter((text) => text !== ""));
        console.log(`start: ${count}, ${seconds} s until all three nodes saw`);
        equal(lines.size, 1, "another line for each node is a secret for each");
        ok(entered.length <= COMMANDS_MAX && typedText.length <= TYPED_MAX, count);
        const guide = await Deno.readTextFile(new URL("../../docs/start.md", import.meta.url));
        for (const text of [typedText, `**${count}**`, sight]) ok(guide.includes(text), text);
      } finally {
        await Promise.all(probes.map((probe) => probe.end()));
        await server.end("SIGTERM");
        await Deno.remove(folder, { recursive: true });
      }
    }),
);
