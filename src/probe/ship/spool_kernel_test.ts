/** A disk that is really full: a file system of a few pages. */
import { deepStrictEqual as equal, rejects } from "node:assert/strict";
import { execa } from "execa";
import { fakeBatch, sequencesOf, textOf } from "../../../test/fake/batch.ts";
import { Spool } from "./spool.ts";

Deno.test("spool: a full disk is told as such, and what was kept stays whole", async () => {
  const disk = await Deno.makeTempDir({ prefix: "lasthop-disk-" });
  await execa("mount", ["-t", "tmpfs", "-o", "size=16k", "lasthop", disk]);
  try {
    const spool = await Spool.open({ directory: `${disk}/spool`, bytesMax: 1e6, onEvicted() {} });
    await spool.add(textOf(fakeBatch(1)));
    const noise = Array.from(
      { length: 9_000 },
      () => `drop\t1\t0\t${crypto.randomUUID().slice(0, 8)}`,
    );
    const message =
      `Cannot write spool "${disk}/spool": the disk is full, must have room (--spool)`;
    await rejects(spool.add(textOf(fakeBatch(2, noise))), { code: "spool_failed", message });
    await rejects(spool.add(textOf(fakeBatch(3, noise))), { message });
    equal(spool.files.length, 1);
    equal(sequencesOf((await spool.read(spool.files[0]!))!), [1]);
    await spool.close();
  } finally {
    await execa("umount", ["-l", disk]);
    await Deno.remove(disk);
  }
});
