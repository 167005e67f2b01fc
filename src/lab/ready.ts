import { LasthopError } from "../event/error.ts";
import type { Namespace } from "./namespace.ts";
import { run } from "./process.ts";

/** As `ip -details -json link` spells it, as far as readiness goes. */
interface Link {
  ifname: string;
  flags: string[];
  operstate: string;
  linkinfo?: { info_slave_kind?: string; info_slave_data?: { state?: string } };
}

const deadlineMs = 20_000;
const pauseMs = 5;

/** Looks until every device carries packets: carrier seen, and forwarding where it is a bridge's port. */
export async function awaitReady(
  expected: readonly (readonly [Namespace, ReadonlySet<string>])[],
): Promise<void> {
  await Promise.all(expected.map(([namespace, devices]) => awaitDevices(namespace, devices)));
}

async function awaitDevices(namespace: Namespace, devices: ReadonlySet<string>): Promise<void> {
  const startMs = performance.now();
  while (true) {
    const missing = missingIn(await linksOf(namespace), devices);
    if (namespace.options.ipv6) missing.push(...await tentativeIn(namespace));
    if (missing.length === 0) return;
    if (performance.now() - startMs > deadlineMs) throw notReady(namespace, missing);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function linksOf(namespace: Namespace): Promise<Link[]> {
  const { stdout } = await run(["ip", "-n", namespace.name, "-d", "-j", "link", "show"]);
  return stdout === "" ? [] : JSON.parse(stdout);
}

/** Without its link-local address, a device can't even ask for a neighbour. */
async function tentativeIn(namespace: Namespace): Promise<string[]> {
  const { stdout } = await run([
    "ip",
    "-n",
    namespace.name,
    "-6",
    "-o",
    "addr",
    "show",
    "tentative",
  ]);
  return stdout.trim() === "" ? [] : [`addresses are tentative`];
}

/** What is not ready, each with what it is instead. */
export function missingIn(links: readonly Link[], devices: ReadonlySet<string>): string[] {
  const byName = new Map(links.map((link) => [link.ifname, link]));
  return [...devices].flatMap((name) => {
    const link = byName.get(name);
    if (link === undefined) return [`"${name}" is absent`];
    if (link.operstate !== "UP") return [`"${name}" is ${link.operstate}`];
    const port = link.linkinfo?.info_slave_kind === "bridge" && link.linkinfo.info_slave_data;
    if (port && port.state !== "forwarding") return [`"${name}" is a ${port.state} port`];
    return [];
  });
}

function notReady(namespace: Namespace, missing: readonly string[]): LasthopError {
  return new LasthopError(
    "lab_not_ready",
    `Cannot bring up "${namespace.name}": ${missing.join(", ")} after ${deadlineMs} ms, ` +
      `must be up and forwarding`,
  );
}
