/**
 * containerd with runc and a bridge of the CNI plugins, all of Debian's packages, in a node of its own: its
 * namespaces, its `/run` and its logs. Pods are made over CRI, with names and places as kubelet gives them.
 */
import { run } from "../../deploy/image/root.ts";
import { unpacked } from "../debian.ts";
import { type Node, startNode } from "../kube/node.ts";
import { Cri } from "./cri.ts";

/** Debian's packages that it is made of. */
const PACKAGES = ["containerd", "runc", "containernetworking-plugins", "busybox-static"];

/** A pod that runs. */
export interface Pod {
  /** `shop/web`. */
  name: string;
  address: string;
  /** Runs a program of the node in its network. */
  run(...command: string[]): Promise<string>;
}

/** A node with a runtime. */
export interface Runtime {
  node: Node;
  startPod(namespace: string, name: string): Promise<Pod>;
  stop(): Promise<void>;
}

/** Starts it. Throws Error with what a tool said where it fails. */
export async function startRuntime(): Promise<Runtime> {
  const root = await unpacked("cri", PACKAGES);
  const home = await Deno.makeTempDir({ prefix: "lhst-cri-" });
  const id = home.slice(-8).toLowerCase().replace(/\W/g, "x");
  const node = await startNode(`lhst-${id}`, "192.0.2.1", { home, path: pathOf(root) });
  const pods: string[] = [];
  let cri: Cri | undefined;
  const stop = async () => {
    for (const pod of pods) await cri!.removePodSandbox(pod).catch(() => {});
    cri?.close();
    await node.stop();
    await run([
      "sh",
      "-c",
      `find /sys/fs/cgroup -depth -type d -path '*/${id}/*' -exec rmdir {} +
      find /sys/fs/cgroup -depth -type d -name ${id} -exec rmdir {} +`,
    ]).catch(() => {});
    await run(["rm", "-rf", home]);
  };
  try {
    await Deno.writeTextFile(`${home}/containerd.toml`, settings(home, root));
    await Deno.mkdir(`${home}/cni`);
    await Deno.writeTextFile(`${home}/cni/10-pods.conf`, JSON.stringify(NETWORK));
    node.start("containerd", ["containerd", "-c", `${home}/containerd.toml`]);
    const image = await pauseImage(home, root);
    const load = `until ctr -a ${home}/socket -n k8s.io images import ${image}; do
      kill -0 $(pidof containerd); done 2>/dev/null`;
    await node.run("sh", "-c", load);
    cri = new Cri(`${home}/socket`);
    return { node, startPod, stop };
  } catch (error) {
    await stop();
    throw error;
  }

  async function startPod(namespace: string, name: string): Promise<Pod> {
    const uid = crypto.randomUUID();
    const logs = `/var/log/pods/${namespace}_${name}_${uid}`;
    await node.run("mkdir", "-p", logs);
    const sandbox = await cri!.runPodSandbox({
      1: { 1: name, 2: uid, 3: namespace },
      2: name,
      3: logs,
      6: [
        { 1: "io.kubernetes.pod.name", 2: name },
        { 1: "io.kubernetes.pod.namespace", 2: namespace },
        { 1: "io.kubernetes.pod.uid", 2: uid },
      ],
      8: { 1: `/${id}/kubepods/besteffort/pod${uid}` },
    });
    pods.push(sandbox);
    const find = `grep -l ${sandbox} /proc/[0-9]*/cgroup | head -1 | cut -d/ -f3`;
    const pid = (await node.run("sh", "-c", find)).trim();
    const inside = (...command: string[]) => node.run("nsenter", "-t", pid, "-n", ...command);
    const told = JSON.parse(await inside("ip", "-j", "-4", "addr", "show", "dev", "eth0"));
    return {
      name: `${namespace}/${name}`,
      address: told[0].addr_info[0].local,
      run: inside,
    };
  }
}

const pathOf = (root: string) => `${root}/usr/sbin:${root}/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

const NETWORK = {
  ...{ cniVersion: "0.4.0", name: "pods", type: "bridge", bridge: "cni0", isGateway: true },
  ipam: {
    type: "host-local",
    ranges: [[{ subnet: "10.222.1.0/24" }]],
    routes: [{ dst: "0.0.0.0/0" }],
  },
};

const CRI = 'plugins."io.containerd.grpc.v1.cri"';

const settings = (home: string, root: string) =>
  `version = 2
root = "${home}/root"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.internal.v1.opt"]
[grpc]
  address = "${home}/socket"
[${CRI}]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [${CRI}.cni]
    bin_dir = "${root}/usr/lib/cni"
    conf_dir = "${home}/cni"
  [${CRI}.containerd]
    default_runtime_name = "runc"
    [${CRI}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [${CRI}.containerd.runtimes.runc.options]
        BinaryName = "${root}/usr/sbin/runc"
        SystemdCgroup = false
`;

/** An image of busybox that waits, as an archive of docker, which is three files. */
async function pauseImage(home: string, root: string): Promise<string> {
  const work = `${home}/image`;
  await Deno.mkdir(`${work}/layer/bin`, { recursive: true });
  await Deno.copyFile(`${root}/bin/busybox`, `${work}/layer/bin/busybox`);
  await run(["tar", "-C", `${work}/layer`, "-cf", `${work}/layer.tar`, "."]);
  const layer = new Uint8Array(
    await crypto.subtle.digest("SHA-256", await Deno.readFile(`${work}/layer.tar`)),
  ).toHex();
  const architecture = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
  const config = {
    ...{ architecture, os: "linux", rootfs: { type: "layers", diff_ids: [`sha256:${layer}`] } },
    config: { Entrypoint: ["/bin/busybox", "sleep", "2147483647"] },
  };
  await Deno.writeTextFile(`${work}/config.json`, JSON.stringify(config));
  const manifest = [{
    Config: "config.json",
    RepoTags: ["localhost/pause:1"],
    Layers: ["layer.tar"],
  }];
  await Deno.writeTextFile(`${work}/manifest.json`, JSON.stringify(manifest));
  await run([
    "tar",
    "-C",
    work,
    "-cf",
    `${home}/pause.tar`,
    "manifest.json",
    "config.json",
    "layer.tar",
  ]);
  return `${home}/pause.tar`;
}
