import { LasthopError } from "../event/error.ts";
import { run } from "./process.ts";

/** Where a module that nothing loads by itself shows that it is there. */
const signOf = { br_netfilter: "/proc/sys/net/bridge" } as const;

export type Module = keyof typeof signOf;

/** Loads what the incident needs and the kernel lacks; it stays loaded, as `modprobe` leaves it. */
export async function requireModules(modules: readonly Module[]): Promise<void> {
  for (const module of modules) {
    if (isThere(signOf[module])) continue;
    const { stderr } = await run(["modprobe", module]);
    if (isThere(signOf[module])) continue;
    throw new LasthopError(
      "module_missing",
      `Cannot bring up the lab: kernel module "${module}" is not loaded ` +
        `("${stderr.trim().split("\n")[0]}"), must be`,
    );
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
