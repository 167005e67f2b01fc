/** A container that podman made is named as podman names it, without podman being asked. Needs root. */
import { deepEqual } from "node:assert/strict";
import type { NetnsHolder } from "../../src/event/netns_holder.ts";
import { run } from "../deploy/image/root.ts";
import { unpacked } from "./debian.ts";

const PACKAGES = ["podman", "conmon", "runc", "busybox-static"];
/** What podman and conmon of Debian 12 are linked with; other releases call these otherwise. */
const LIBRARIES = ["libgpgme11", "libassuan0", "libgpg-error0", "libsubid4", "libglib2.0-0"];

const isDebian12 = (await Deno.readTextFile("/etc/os-release").catch(() => ""))
  .includes("VERSION_CODENAME=bookworm");

const here = (path: string) => new URL(`./podman/${path}`, import.meta.url).pathname;

Deno.test({
  name: "podman: a container is named by what podman keeps of it",
  ignore: Deno.uid() !== 0 || !isDebian12,
  async fn() {
    const home = await unpacked("podman", [...PACKAGES, ...LIBRARIES]);
    const name = `lasthop-test-${crypto.randomUUID().slice(0, 8)}`;
    const look = [Deno.execPath(), "run", "-A", "--no-check", "--quiet", here("holders.ts")];
    const shell = ["unshare", "-m", "--propagation", "private", "sh", here("container.sh")];
    const printed = await run([...shell, home, name, ...look]);
    const holders = printed.trim().split("\n").map((line) =>
      JSON.parse(line) as NetnsHolder | null
    );
    const found = holders.flatMap((holder) => holder?.container ?? [])
      .filter((container) => container.name === name);
    deepEqual(found.map(({ runtime }) => runtime), ["podman"]);
  },
});
