/** Whose a namespace is, with a container that runc itself made. Needs root and runc; skipped without. */
import { deepEqual } from "node:assert/strict";
import { execa } from "execa";
import { ContainerNames } from "./container_names.ts";
import { Holders } from "./holders.ts";
import { inodeOf } from "./netns.ts";

const hasRunc = await Deno.stat("/usr/sbin/runc").then(() => true, () => false);

/** A container as kubelet has one made: its processes, and a network namespace of its own. */
const spec = (cgroupsPath: string) => ({
  ociVersion: "1.0.2",
  process: { cwd: "/", args: ["/bin/sleep", "600"], env: ["PATH=/bin"], user: { uid: 0, gid: 0 } },
  root: { path: "rootfs", readonly: true },
  mounts: [
    { destination: "/proc", type: "proc", source: "proc" },
    ...["/bin", "/lib", "/lib64", "/usr"].map((path) => ({
      destination: path,
      source: path,
      type: "bind",
      options: ["rbind", "ro"],
    })),
  ],
  linux: {
    cgroupsPath,
    namespaces: ["pid", "network", "mount", "ipc", "uts"].map((type) => ({ type })),
  },
});

Deno.test({
  name: "holders: a pod whose container runc made, below the control group of kubelet",
  ignore: Deno.uid() !== 0 || !hasRunc,
  async fn() {
    const root = await Deno.makeTempDir({ prefix: "lhst-" });
    const uid = crypto.randomUUID();
    const id = `lhst-${uid.slice(0, 8)}`;
    const runc = (...args: string[]) =>
      execa("runc", ["--root", `${root}/state`, ...args], {
        stdio: ["ignore", "ignore", "inherit"],
      });
    try {
      await Deno.mkdir(`${root}/rootfs`);
      await Deno.mkdir(`${root}/var/log/pods/shop_checkout-0_${uid}`, { recursive: true });
      const config = spec(`/${id}/kubepods/burstable/pod${uid}/${"ab12".repeat(16)}`);
      await Deno.writeTextFile(`${root}/config.json`, JSON.stringify(config));
      await runc("run", "--detach", "--bundle", root, "--pid-file", `${root}/pid`, id);
      const pid = Number(await Deno.readTextFile(`${root}/pid`));
      const inode = inodeOf(`/proc/${pid}/ns/net`)!;
      const holders = new Holders(new ContainerNames([root]));
      const [found] = holders.addTo([{ inode }], new Map([[inode, [pid]]]));
      deepEqual(found?.holder, {
        pid,
        program: "sleep",
        pod: { namespace: "shop", name: "checkout-0", uid },
      });
    } finally {
      await runc("delete", "--force", id).catch(() => {});
      await execa("find", [
        "/sys/fs/cgroup",
        "-depth",
        "-path",
        `*/${id}*`,
        "-type",
        "d",
        "-delete",
      ]);
      await Deno.remove(root, { recursive: true });
    }
  },
});
