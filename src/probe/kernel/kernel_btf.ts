/** The BTF of the running kernel and its modules; readable without privilege. */
import { LasthopError } from "../../event/error.ts";
import { type Btf, readBtf } from "./btf.ts";

const DIRECTORY = "/sys/kernel/btf";

let given: string | undefined;

/** Another file in place of the kernel's own; only `takeBtf`, which looks at it first, asks for it. */
export function useBtf(path: string): void {
  given = path;
}

/** Whether the types are those of a file. */
export const isGiven = (): boolean => given !== undefined;

/** Null when this kernel was built without, or in a form that is newer than this reader. */
export function readKernelBtf(): Promise<Btf | null> {
  return read(given ?? `${DIRECTORY}/vmlinux`);
}

/** Null when the module is not loaded, or built into the kernel. */
export function readModuleBtf(module: string, base: Btf): Promise<Btf | null> {
  return read(`${DIRECTORY}/${module}`, base);
}

/** Whether /sys/kernel/btf/vmlinux is there, readable or not, or a file is in its place. */
export async function hasKernelBtf(): Promise<boolean> {
  if (given !== undefined) return true;
  return await Deno.stat(`${DIRECTORY}/vmlinux`).then(({ isFile }) => isFile, () => false);
}

async function read(path: string, base?: Btf): Promise<Btf | null> {
  try {
    return readBtf(await Deno.readFile(path), base);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof Deno.errors.PermissionDenied) return null;
    if (error instanceof LasthopError && error.code === "btf_malformed") return null;
    throw error;
  }
}
