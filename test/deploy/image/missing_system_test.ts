/** `deno task image` on a machine that lacks what it runs. */
import { equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const BUILD = fileURLToPath(new URL("../../../deploy/image/build.ts", import.meta.url));

const build = async (...words: string[]) => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", BUILD, ...words],
    env: { PATH: "/nonexistent" },
    stdin: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
};

Deno.test("an image that can't be made for want of a program: one line says which, and what to install", async () => {
  const { code, said } = await build();
  equal(code, 2);
  match(
    said,
    /^Cannot make images: mmdebstrap, buildah, tar missing, must be installed: apt-get install mmdebstrap buildah tar\n$/,
  );
});

Deno.test("a processor that images are not made for: one line says which are", async () => {
  const { code, said } = await build("--processor", "riscv64");
  equal(code, 2);
  equal(said, "Cannot make images: --processor is riscv64, must be amd64 or arm64\n");
});
