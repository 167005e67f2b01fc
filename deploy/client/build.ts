/** The client for programs as one file that Node imports, and any runtime with `fetch`. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Where `deno task client` writes it. */
export const CLIENT_FILE = join(ROOT, "dist/client/lasthop.js");

/** One module. `entry` is the client, or a program that imports it. */
export async function bundleClient(entry = join(ROOT, "src/client/mod.ts")): Promise<string> {
  const esbuild = await import("esbuild");
  try {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      platform: "neutral",
      external: ["node:*"],
      legalComments: "none",
      logLevel: "silent",
    });
    return outputFiles[0]!.text;
  } finally {
    await esbuild.stop();
  }
}

if (import.meta.main) {
  const code = await bundleClient();
  await Deno.mkdir(dirname(CLIENT_FILE), { recursive: true });
  await Deno.writeTextFile(CLIENT_FILE, code);
  console.log(`${CLIENT_FILE}: ${code.length} bytes`);
}
