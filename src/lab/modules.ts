import { LasthopError } from "../event/error.ts";
import { run } from "./process.ts";

/** Modules that nothing loads by itself, and the path that is there once each is loaded. */
const signOf = {
  br_netfilter: "/proc/sys/net/bridge",
  openvswitch: "/sys/module/openvswitch",
} as const;

/** A kernel module that an incident may need. */
export type Module = keyof typeof signOf;

/**
 * Loads what the incident needs and the kernel lacks; it stays loaded, as `modprobe` leaves it.
 * Throws LasthopError `module_missing` when it cannot be loaded.
 */
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
