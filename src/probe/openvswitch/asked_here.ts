/** Whether this machine has Open vSwitch, and what its daemon tells. */
import { readOpenvswitch, type Told } from "./read.ts";

/** Milliseconds: a person waits for it. */
const WITHIN_MS = 2_000;

/** What is told in the namespace of this process. Undefined: no daemon is in it. */
export async function openvswitchHere(): Promise<Told | undefined> {
  try {
    const netns = Number(/\d+/.exec(Deno.readLinkSync("/proc/self/ns/net"))?.[0]);
    const sockets = (await Deno.readTextFile("/proc/self/net/unix"))
      .matchAll(/ (\/\S*\/ovs-vswitchd\.\d+\.ctl)$/gm);
    const paths = [...sockets].map(([, path]) => path).join("\n");
    if (paths === "") return undefined;
    return await readOpenvswitch({
      netns,
      paths,
      down: new Set(),
      macs: new Map(),
      withinMs: WITHIN_MS,
    });
  } catch {
    return undefined;
  }
}
