/** lasthop and Deno as a disk of a guest: the product, and the program that records there. */
import { execa } from "execa";
import { makeProduct } from "../../../src/cli/pack/product.ts";
import { makeDisk } from "./machine.ts";

const TESTS = new URL("../../", import.meta.url).pathname;

/** What is a guest's besides the product, as folders of `test`. */
const PARTS = ["kernels/guest", "kernels/bench", "bench/overhead"];

/** Writes the disk; made anew from this checkout each time. `errand`: a program of `guest`. */
export async function makePrograms(path: string, errand = "record"): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-programs-" });
  try {
    const product = `${folder}/lasthop`;
    await makeProduct(product);
    for (const part of PARTS) {
      await Deno.mkdir(`${product}/test/${part}`, { recursive: true });
      await execa("cp", ["-r", `${TESTS}${part}/.`, `${product}/test/${part}`]);
    }
    // Compiled here, not under emulation.
    const deno = Deno.execPath();
    const program = `test/kernels/guest/${errand}.ts`;
    const args = ["cache", "--no-check", "--config", "deno.json", program];
    await execa(deno, args, { cwd: product, env: { DENO_DIR: `${product}/.tools/cache` } });
    await makeDisk(folder, path, 500);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
