import { LasthopError } from "../event/error.ts";
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

/** Devices of one namespace that must carry packets. */
export interface Expected {
  /** The namespace, as under /run/netns. */
  name: string;
  /** Its addresses of IPv6 must be usable, too. */
  ipv6: boolean;
  devices: ReadonlySet<string>;
}

/**
 * Looks until every device carries packets: carrier seen, and forwarding where it is a bridge's
 * port. Rejects with LasthopError `lab_not_ready` when one does not within 20 s.
 */
export async function awaitReady(expected: readonly Expected[]): Promise<void> {
  await Promise.all(expected.map(awaitDevices));
}

async function awaitDevices({ name, ipv6, devices }: Expected): Promise<void> {
  const startMs = performance.now();
  while (true) {
    const missing = missingIn(await linksOf(name), devices);
    if (ipv6) missing.push(...await tentativeIn(name));
    if (missing.length === 0) return;
    if (performance.now() - startMs > deadlineMs) throw notReady(name, missing);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function linksOf(namespace: string): Promise<Link[]> {
  const { stdout } = await run(["ip", "-n", namespace, "-d", "-j", "link", "show"]);
  return stdout === "" ? [] : JSON.parse(stdout);
}

/** A device whose link-local address is tentative can't even ask for a neighbour. */
async function tentativeIn(namespace: string): Promise<string[]> {
  const { stdout } = await run([
    "ip",
    "-n",
    namespace,
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

function notReady(namespace: string, missing: readonly string[]): LasthopError {
  return new LasthopError(
    "lab_not_ready",
    `Cannot bring up "${namespace}": ${missing.join(", ")} after ${deadlineMs} ms, ` +
      `must be up and forwarding`,
  );
}
