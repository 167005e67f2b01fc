import { equal, throws } from "node:assert/strict";
import { readRecorded } from "./recorded.ts";

Deno.test("a checkout without what was recorded makes no empty page", async () => {
  const folder = await Deno.makeTempDir();
  throws(() => readRecorded(`${folder}/absent`), /has no archive/);
  throws(() => readRecorded(folder), /has no archive/);
  await Deno.mkdir(`${folder}/6.12`);
  throws(() => readRecorded(folder), /6\.12" has no archive/);
  await Deno.writeTextFile(`${folder}/6.12/nobody.archive.gz`, "");
  throws(() => readRecorded(folder), /"6\.12\/nobody\.archive\.gz" belongs to no case/);
  await Deno.remove(`${folder}/6.12/nobody.archive.gz`);
  await Deno.writeTextFile(`${folder}/6.12/vxlan-id-healthy.archive.gz`, "");
  equal(
    readRecorded(folder).map(({ kernel, run }) => `${kernel} ${run.name}`).join(),
    "6.12 vxlan-id-healthy",
  );
  await Deno.remove(folder, { recursive: true });
});
