/** The first root of a guest: loads what its disks need, then goes over to the disk's root. */
import { basename } from "node:path";
import { execa } from "execa";

/** Modules by which Debian's kernels for virtual machines reach a disk. */
const WANTED = ["virtio_pci", "virtio_blk", "crc32c_generic", "crc32c", "ext4"];

/** Writes it for the modules of `root`, which has been through depmod. */
export async function makeInitrd(root: string, version: string, path: string): Promise<void> {
  const modules = `${root}/usr/lib/modules/${version}`;
  const work = await Deno.makeTempDir({ prefix: "lasthop-initrd-" });
  try {
    for (const folder of ["bin", "dev", "proc", "sys", "new", "m"]) {
      await Deno.mkdir(`${work}/${folder}`);
    }
    await Deno.copyFile("/usr/bin/busybox", `${work}/bin/busybox`);
    const loaded: string[] = [];
    for (const module of await inOrder(`${modules}/modules.dep`)) {
      const name = basename(module).replace(/\.ko.*$/, "");
      const text = await execa(unpackerOf(module), [`${modules}/${module}`], {
        encoding: "buffer",
        maxBuffer: 64 << 20,
      });
      await Deno.writeFile(`${work}/m/${name}.ko`, text.stdout);
      loaded.push(name);
    }
    await Deno.writeTextFile(`${work}/init`, initOf(loaded), { mode: 0o755 });
    const packing = 'cd "$1" && find . | cpio --quiet -o -H newc | gzip -1 > "$2"';
    await execa("sh", ["-c", packing, "sh", work, path], { stdin: "ignore" });
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Paths of the modules that are wanted, each after what it depends on. */
async function inOrder(path: string): Promise<Set<string>> {
  const needs = new Map<string, { module: string; before: string[] }>();
  for (const line of (await Deno.readTextFile(path)).trimEnd().split("\n")) {
    const [module = "", before = ""] = line.split(":");
    const name = basename(module).replace(/\.ko.*$/, "").replaceAll("-", "_");
    needs.set(name, { module, before: before.trim().split(" ").filter(Boolean) });
  }
  // What a kernel has built in has no line.
  return new Set(WANTED.flatMap((name) => {
    const found = needs.get(name);
    return found === undefined ? [] : [...found.before.toReversed(), found.module];
  }));
}

function unpackerOf(module: string): string {
  if (module.endsWith(".xz")) return "xzcat";
  if (module.endsWith(".zst")) return "zstdcat";
  return module.endsWith(".gz") ? "zcat" : "cat";
}

const initOf = (modules: string[]) =>
  `#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc p /proc; $B mount -t sysfs s /sys; $B mount -t devtmpfs d /dev
${modules.map((name) => `$B insmod /m/${name}.ko`).join("\n")}
i=0; while [ ! -b /dev/vda ] && [ $i -lt 200 ]; do $B sleep 0.05; i=$((i+1)); done
$B mount -t ext4 -o rw /dev/vda /new
$B umount /proc /sys /dev
exec $B switch_root /new /init
`;
