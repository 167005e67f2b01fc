import { equal } from "node:assert/strict";

/** With a configuration of its own: these types' globals must not become those of all files. */
Deno.test("what the edge takes Cloudflare's runtime for is what @cloudflare/workers-types says", async () => {
  const folder = new URL(".", import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", `${folder}deno.json`, `${folder}fits.ts`],
    env: { NO_COLOR: "1" },
  }).output();
  equal(code, 0, new TextDecoder().decode(stderr));
});
