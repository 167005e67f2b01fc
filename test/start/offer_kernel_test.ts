/** A machine with nothing but Debian's packages gets the product by one line, and joins with it. */
import { match, ok } from "node:assert/strict";
import { kernelTest } from "../../src/lab/kernel_testing.ts";
import { startLasthop } from "../fake/lasthop.ts";
import { INGEST_ADDRESS, withYard } from "./yard.ts";

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

/** A machine whose /opt is empty and that has no checkout: what came is all there is. */
const BARE = `set -e
for place in /opt ${ROOT} /var/lib; do mkdir -p "$place"; mount -t tmpfs none "$place"; done
cd /; env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/var/lib sh -c "$1 --for 1s --no-archive"`;

kernelTest(
  "start: a node without lasthop gets it by one line, if its digest is as told",
  () =>
    withYard(async ({ laptop, nodes: [node] }) => {
      const folder = await Deno.makeTempDir({ prefix: "lasthop-offer-" });
      const at = ["--listen", `${INGEST_ADDRESS}:4680`, "--data", `${folder}/data`];
      const server = await startLasthop([
        "serve",
        ...at,
        "--incident",
        "x",
        "--offer-probe",
        "icmp",
      ], {
        prefix: ["ip", "netns", "exec", laptop.name],
      });
      const onNode = async (line: string) => {
        const args = ["netns", "exec", node!.name, "unshare", "-m", "sh", "-c", BARE, "sh"];
        const { code, stderr } = await new Deno.Command("ip", { args: [...args, line] }).output();
        return { code, text: new TextDecoder().decode(stderr) };
      };
      try {
        await server.says("good until");
        const told = (await Deno.readTextFile(`${folder}/data/join-x`)).split("\n");
        const bring = told.find((line) => line.includes("sha256sum"))!.replace(/^sudo /, "");
        const word = `--node alpha=${node!.name}`;
        const joined = await onNode(bring.replace(/'$/, ` ${word} "$@"' sh`));
        match(joined.text, /ready: reporting to http:\/\/10\.177\.0\.1:4680, incident "x"/);
        ok(!joined.text.includes("installing"), joined.text);
        await server.says("alpha sees");
        const wrong = await onNode(bring.replace(/[0-9a-f]{64}/, "0".repeat(64)));
        ok(wrong.code !== 0 && /did NOT match/.test(wrong.text), wrong.text);
        ok(!wrong.text.includes("ready"));
      } finally {
        await server.end("SIGTERM");
        await Deno.remove(folder, { recursive: true });
      }
    }),
);
