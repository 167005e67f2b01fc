/**
 * What another user of the machine plants where root writes: it overwrites nothing, and is told. As
 * root, against folders that `nobody` prepared.
 */
import { equal, match, rejects } from "node:assert/strict";
import { execa } from "execa";
import { saveArchive } from "../../src/cli/asking/archive_file.ts";
import { removeReadyFile, writeReadyFile } from "../../src/cli/capture/ready_file.ts";
import { makeFile } from "../../src/ingest/stores/sqlite_schema.ts";
import { Spool } from "../../src/probe/ship/spool.ts";
import { fakeBatch, textOf } from "../fake/batch.ts";

const NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"];

interface Planted {
  /** As /tmp: everyone may write, nobody may remove what is another's. */
  shared: string;
  /** A folder in it that belongs to `nobody`, and what root would lose. */
  theirs: string;
  victim: string;
}

/** Runs `script` as nobody in a sticky folder, then `attack`; root's file must be as it was. */
async function planted(script: string, attack: (all: Planted) => Promise<unknown>) {
  const root = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  const shared = `${root}/tmp`;
  const victim = `${root}/victim`;
  try {
    await Deno.chmod(root, 0o755);
    await Deno.mkdir(shared);
    await Deno.chmod(shared, 0o1777);
    await Deno.writeTextFile(victim, "root's own", { mode: 0o600 });
    const env = { VICTIM: victim, ROOT: root };
    const lines = `set -e; mkdir theirs; chmod 755 theirs; ${script}`;
    await execa("setpriv", [...NOBODY, "sh", "-c", lines], { cwd: shared, env });
    await attack({ shared, theirs: `${shared}/theirs`, victim });
    equal(await Deno.readTextFile(victim), "root's own");
    equal([...Deno.readDirSync(root)].map(({ name }) => name).sort().join(), "tmp,victim");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function keepOne(directory: string): Promise<void> {
  const spool = await Spool.open({ directory, bytesMax: 1e6, onEvicted() {} });
  try {
    await spool.add(textOf(fakeBatch(1)));
  } finally {
    await spool.close();
  }
}

const archive = () => new Blob(["archive"]).stream();

Deno.test("files: a spool folder that another user prepared overwrites nothing", () =>
  planted(
    "ln -s $VICTIM theirs/.000000000000.full.gz; ln -s $VICTIM theirs/lock",
    async ({ theirs }) => {
      await rejects(keepOne(theirs), {
        code: "spool_failed",
        message: `Cannot write spool "${theirs}": "${theirs}" belongs to uid 65534, must be ` +
          "this user's or root's, and writable by nobody else (--spool)",
      });
    },
  ));

Deno.test("files: a spool folder below another user's is refused, and so is one all may write", () =>
  planted("chmod 777 theirs", async ({ theirs, shared }) => {
    await rejects(keepOne(`${theirs}/spool`), { code: "spool_failed", message: /uid 65534/ });
    await rejects(keepOne(shared), { code: "spool_failed", message: /others may write/ });
    // Made new in /tmp it is root's own.
    await keepOne(`${shared}/own`);
  }));

Deno.test("files: a link that another user planted is not followed to a folder of root's", () =>
  planted("ln -s $ROOT link", async ({ shared }) => {
    await rejects(keepOne(`${shared}/link`), { code: "spool_failed", message: /uid 65534/ });
    await rejects(keepOne(`${shared}/link/deeper`), { message: /uid 65534/ });
    await rejects(saveArchive(archive(), `${shared}/link/a.gz`), { message: /uid 65534/ });
    await rejects(writeReadyFile(`${shared}/link/ready`, {}), { message: /uid 65534/ });
  }));

Deno.test("files: a ready file in another user's folder is refused, in /tmp it replaces a link", () =>
  planted("ln -s $VICTIM ready; mkdir all; chmod 777 all", async ({ theirs, shared }) => {
    await rejects(removeReadyFile(`${theirs}/ready`), {
      code: "ready_file",
      message: /uid 65534, must be/,
    });
    await rejects(removeReadyFile(`${shared}/all/ready`), { message: /uid 65534, must be/ });
    await removeReadyFile(`${shared}/ready`);
    await rejects(Deno.lstat(`${shared}/ready`), Deno.errors.NotFound);
    await writeReadyFile(`${shared}/ready`, { pid: 1 });
    equal((await Deno.lstat(`${shared}/ready`)).isFile, true);
  }));

Deno.test("files: the folder of the user who became root by sudo is as good as root's", () =>
  planted("true", async ({ theirs }) => {
    Deno.env.set("SUDO_UID", "65534");
    try {
      await saveArchive(archive(), `${theirs}/a.gz`);
    } finally {
      Deno.env.delete("SUDO_UID");
    }
    await rejects(saveArchive(archive(), `${theirs}/a.gz`), { message: /uid 65534/ });
  }));

Deno.test("files: an archive replaces a planted link, and only its owner reads it", () =>
  planted("ln -s $VICTIM a.gz", async ({ theirs, shared }) => {
    await rejects(saveArchive(archive(), `${theirs}/a.gz`), {
      code: "archive_failed",
      message: /uid 65534, must be/,
    });
    await saveArchive(archive(), `${shared}/a.gz`);
    const { isFile, mode, uid } = await Deno.lstat(`${shared}/a.gz`);
    equal([isFile, mode! & 0o777, uid].join(), "true,384,0");
  }));

Deno.test("files: a data folder of another user's is refused, and no link in it is followed", () =>
  planted("ln -s $VICTIM theirs/lasthop.sqlite; chmod 1777 theirs", async ({ theirs, shared }) => {
    const failed = (path: string) =>
      rejects(async () => await makeFile(path), {
        code: "data_unusable",
        message: /^Cannot use data directory .*, must be/,
      });
    await failed(theirs);
    await failed(shared);
  }));

Deno.test("files: the ready file is its owner's alone", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  try {
    await writeReadyFile(`${folder}/ready`, { pid: 1 });
    equal((await Deno.stat(`${folder}/ready`)).mode! & 0o777, 0o600);
    match(await Deno.readTextFile(`${folder}/ready`), /^\{"pid":1\}\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("files: another user can't hold the lock of a spool, and stop its probe so", () =>
  planted(":", async ({ shared }) => {
    // A folder that others may read, with a lock file of an earlier version.
    const directory = `${shared}/spool`;
    await Deno.mkdir(directory, { mode: 0o755 });
    await Deno.writeTextFile(`${directory}/lock`, "", { mode: 0o644 });
    const hold = ["flock", "--nonblock", `${directory}/lock`, "true"];
    const before = await execa("setpriv", [...NOBODY, ...hold], { reject: false });
    equal(before.exitCode, 0, "the lock of a file that others may read is theirs to take");
    await keepOne(directory);
    const after = await execa("setpriv", [...NOBODY, ...hold], { reject: false });
    match(String(after.stderr), /Permission denied/);
  }));
