/** The BTF of the running kernel and its modules; readable without privilege. */
import { LasthopError } from "../../event/error.ts";
import { type Btf, readBtf } from "./btf.ts";

const DIRECTORY = "/sys/kernel/btf";

/** Null when this kernel was built without, or in a form that is newer than this reader. */
export function readKernelBtf(): Promise<Btf | null> {
  return read("vmlinux");
}

/** Null when the module is not loaded, or built into the kernel. */
export function readModuleBtf(module: string, base: Btf): Promise<Btf | null> {
  return read(module, base);
}

/** Whether /sys/kernel/btf/vmlinux is there, readable or not. */
export async function hasKernelBtf(): Promise<boolean> {
  return await Deno.stat(`${DIRECTORY}/vmlinux`).then(({ isFile }) => isFile, () => false);
}

async function read(name: string, base?: Btf): Promise<Btf | null> {
  try {
    return readBtf(await Deno.readFile(`${DIRECTORY}/${name}`), base);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof Deno.errors.PermissionDenied) return null;
    if (error instanceof LasthopError && error.code === "btf_malformed") return null;
    throw error;
  }
}
