/** lasthop and Deno as a disk of a guest: the product, and the program that records there. */
import { execa } from "execa";
import { makeProduct } from "../../../src/cli/pack/product.ts";
import { makeDisk } from "./machine.ts";

const KERNELS = new URL("../", import.meta.url).pathname;

/** Writes the disk; made anew from this checkout each time. */
export async function makePrograms(path: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-programs-" });
  try {
    const product = `${folder}/lasthop`;
    await makeProduct(product);
    const tests = `${product}/test/kernels`;
    for (const part of ["guest", "bench"]) {
      await Deno.mkdir(`${tests}/${part}`, { recursive: true });
      await execa("cp", ["-r", `${KERNELS}${part}/.`, `${tests}/${part}`]);
    }
    // Compiled here, not under emulation.
    const deno = Deno.execPath();
    const args = ["cache", "--no-check", "--config", "deno.json", "test/kernels/guest/record.ts"];
    await execa(deno, args, { cwd: product, env: { DENO_DIR: `${product}/.tools/cache` } });
    await makeDisk(folder, path, 500);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
