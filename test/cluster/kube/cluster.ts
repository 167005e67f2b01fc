/** A real Kubernetes of two nodes or more in namespaces of this machine, from its start to its last trace. */
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../../deploy/image/root.ts";
import { bring } from "./build.ts";
import { address6, familiesOf, gateOptions, pods6 } from "./families.ts";
import { BIN, KUBE, PATH, ROOT, RUN } from "./home.ts";
import { makePauseImage } from "./images.ts";
import { type Node, startNode } from "./node.ts";
import { makePki, writeKubeconfig } from "./pki.ts";

/** A cluster that runs. */
export interface Cluster {
  nodes: readonly Node[];
  /** Of the administrator. */
  kubeconfig: string;
  /** The command in front of one that runs on the administrator's machine. */
  laptop: string[];
  kubectl(...words: string[]): Promise<string>;
  /** Asks again until it is so, for two minutes where nothing else is said. */
  until(what: string, isSo: () => Promise<boolean>, maxMs?: number): Promise<void>;
  /** Brings an image of an OCI archive onto each node. */
  load(path: string): Promise<void>;
  stop(): Promise<void>;
}

const FABRIC = "lhk-fabric";
const PKI = `${RUN}/pki`;
const ADMIN = "admintoken";
const tokenOf = ({ name }: Node) => `token-${name}`;
/** Controllers of which each node has a cgroup of its own. */
const CGROUPS = "/sys/fs/cgroup";

/** Starts it, of both families where it `isDual`. `tell` is told of each step with the seconds since the beginning. */
export async function startCluster(
  tell: (text: string) => void,
  count = 2,
  isDual = false,
): Promise<Cluster> {
  await bring(tell);
  await Deno.remove(RUN, { recursive: true }).catch(() => {});
  await Deno.mkdir(RUN, { recursive: true });
  const own = await makePauseImage();
  const nodes: Node[] = [];
  for (let i = 1; i <= count; i++) nodes.push(await startNode(`node${i}`, `192.168.60.${i}`));
  const laptop = ["ip", "netns", "exec", FABRIC];
  const kubeconfig = `${RUN}/kubeconfig`;
  const kubectl = (...words: string[]) =>
    run([...laptop, `${ROOT}/usr/bin/kubectl`, "--kubeconfig", kubeconfig, ...words]);
  const until = async (what: string, isSo: () => Promise<boolean>, maxMs = 120_000) => {
    const endMs = performance.now() + maxMs;
    while (!await isSo().catch(() => false)) {
      if (performance.now() > endMs) throw new Error(`Waited ${maxMs / 1000} s in vain: ${what}`);
      await pause(200);
    }
    tell(what);
  };
  const cluster: Cluster = {
    nodes,
    kubeconfig,
    laptop,
    kubectl,
    until,
    load: (path) => load(nodes, path),
    stop: () => stop(nodes),
  };
  try {
    await wire(nodes, isDual);
    await configure(nodes, kubeconfig, isDual);
    await startControl(nodes[0]!, isDual);
    for (const node of nodes) await startContainerd(node);
    await cluster.load(own);
    tell("containerd and its image");
    await until("API server ready", async () => await kubectl("get", "--raw", "/readyz") === "ok");
    startControllers(nodes[0]!, isDual);
    for (const node of nodes) await startKubelet(node, isDual);
    await until(
      `${count} nodes Ready`,
      async () =>
        (await kubectl("get", "nodes", "--no-headers")).match(/ Ready /g)?.length === count,
    );
    return cluster;
  } catch (error) {
    await stop(nodes);
    throw error;
  }
}

/** One switch for both nodes and the administrator, and a route to the pods of each. */
async function wire(nodes: readonly Node[], isDual: boolean): Promise<void> {
  await run(["ip", "netns", "del", FABRIC]).catch(() => {});
  await run(["ip", "netns", "add", FABRIC]);
  const fabric = (...words: string[]) => run(["ip", "-n", FABRIC, ...words]);
  await fabric("link", "set", "lo", "up");
  await fabric("link", "add", "switch", "type", "bridge");
  await fabric("addr", "add", "192.168.60.254/24", "dev", "switch");
  await fabric("link", "set", "switch", "up");
  if (isDual) await fabric("addr", "add", "fd00:60::fe/64", "dev", "switch", "nodad");
  for (const { name, pid, address } of nodes) {
    const peer = ["type", "veth", "peer", "name", "eth0", "netns", String(pid)];
    await fabric("link", "add", name, ...peer);
    await fabric("link", "set", name, "master", "switch", "up");
    const inNode = (...words: string[]) =>
      run(["nsenter", "-t", String(pid), "-n", "ip", ...words]);
    await inNode("addr", "add", `${address}/24`, "dev", "eth0");
    await inNode("link", "set", "eth0", "up");
    await inNode("route", "add", "default", "via", "192.168.60.254");
    if (isDual) {
      await inNode("addr", "add", `${address6({ name })}/64`, "dev", "eth0", "nodad");
      await inNode("route", "add", "default", "via", "fd00:60::fe");
    }
    for (const other of nodes) {
      if (other.name === name) continue;
      await inNode("route", "add", podsOf(other), "via", other.address);
      if (isDual) await inNode("route", "add", pods6(other), "via", address6(other));
    }
  }
}

const podsOf = ({ name }: Node) => `10.244.${name.slice(-1)}.0/24`;

async function configure(
  nodes: readonly Node[],
  kubeconfig: string,
  isDual: boolean,
): Promise<void> {
  const server = `https://${nodes[0]!.address}:6443`;
  await makePki(PKI, nodes[0]!.address);
  await writeKubeconfig(kubeconfig, { pki: PKI, server, token: ADMIN });
  await Deno.writeTextFile(
    `${RUN}/tokens.csv`,
    `${ADMIN},admin,admin,system:masters\n` +
      nodes.map((node) => `${tokenOf(node)},system:node:${node.name},${node.name},system:nodes\n`)
        .join(""),
  );
  for (const node of nodes) {
    const token = tokenOf(node);
    await writeKubeconfig(`${RUN}/${node.name}/kubeconfig`, { pki: PKI, server, token });
    await Deno.mkdir(`${RUN}/${node.name}/cni`, { recursive: true });
    const network = {
      ...{ cniVersion: "0.4.0", name: "pods", type: "bridge", bridge: "cni0", isGateway: true },
      ...{ ipMasq: false, hairpinMode: true },
      ipam: {
        type: "host-local",
        ranges: [[{ subnet: podsOf(node) }], ...isDual ? [[{ subnet: pods6(node) }]] : []],
        routes: [{ dst: "0.0.0.0/0" }, ...isDual ? [{ dst: "::/0" }] : []],
      },
    };
    await Deno.writeTextFile(`${RUN}/${node.name}/cni/10-pods.conf`, JSON.stringify(network));
  }
}

function startControl(node: Node, isDual: boolean): void {
  const families = familiesOf(isDual);
  node.start("etcd", [
    ...["etcd", "--data-dir", `${RUN}/etcd`],
    ...["--listen-client-urls", "http://127.0.0.1:2379"],
    ...["--advertise-client-urls", "http://127.0.0.1:2379"],
    ...["--listen-peer-urls", "http://127.0.0.1:2380"],
  ]);
  node.start("apiserver", [
    `${BIN}/kube-apiserver`,
    ...["--etcd-servers=http://127.0.0.1:2379", `--service-cluster-ip-range=${families.services}`],
    ...gateOptions(families),
    ...[`--bind-address=${node.address}`, `--advertise-address=${node.address}`],
    ...["--secure-port=6443", `--tls-cert-file=${PKI}/api.crt`],
    ...[`--tls-private-key-file=${PKI}/api.key`, `--client-ca-file=${PKI}/ca.crt`],
    ...[`--service-account-key-file=${PKI}/sa.pub`],
    ...[`--service-account-signing-key-file=${PKI}/sa.key`],
    ...["--service-account-issuer=https://kubernetes.default.svc"],
    ...[`--token-auth-file=${RUN}/tokens.csv`, "--authorization-mode=Node,RBAC"],
    ...["--kubelet-preferred-address-types=InternalIP", "--allow-privileged=true"],
    ...[`--cert-dir=${RUN}/apiserver`, `--kubelet-client-certificate=${PKI}/api.crt`],
    `--kubelet-client-key=${PKI}/api.key`,
  ]);
}

function startControllers(node: Node, isDual: boolean): void {
  const families = familiesOf(isDual);
  const own = [
    `--kubeconfig=${RUN}/kubeconfig`,
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
  ];
  node.start("controllers", [
    ...[`${BIN}/kube-controller-manager`, ...own, `--cert-dir=${RUN}/controllers`],
    ...[`--service-account-private-key-file=${PKI}/sa.key`, `--root-ca-file=${PKI}/ca.crt`],
    ...[`--cluster-cidr=${families.pods}`, "--allocate-node-cidrs=false"],
    ...gateOptions(families),
  ]);
  node.start("scheduler", [`${BIN}/kube-scheduler`, ...own, `--cert-dir=${RUN}/scheduler`]);
}

async function startContainerd(node: Node): Promise<void> {
  const home = `${RUN}/${node.name}`;
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  await Deno.writeTextFile(
    `${home}/containerd.toml`,
    `version = 2
root = "${home}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.internal.v1.opt"]
[grpc]
  address = "/run/containerd.sock"
[${cri}]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [${cri}.cni]
    bin_dir = "${ROOT}/usr/lib/cni"
    conf_dir = "${home}/cni"
  [${cri}.containerd]
    default_runtime_name = "runc"
    [${cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [${cri}.containerd.runtimes.runc.options]
        BinaryName = "${ROOT}/usr/sbin/runc"
        SystemdCgroup = false
`,
  );
  node.start("containerd", ["containerd", "-c", `${home}/containerd.toml`]);
}

async function startKubelet(node: Node, isDual: boolean): Promise<void> {
  const families = familiesOf(isDual);
  const home = `${RUN}/${node.name}`;
  for (const { name } of Deno.readDirSync(CGROUPS)) {
    await Deno.mkdir(`${CGROUPS}/${name}/lhk-${node.name}`, { recursive: true }).catch(() => {});
  }
  // A new cpuset is empty, and takes no process until it is told what it has.
  for (const what of ["cpuset.cpus", "cpuset.mems"]) {
    const value = await Deno.readTextFile(`${CGROUPS}/cpuset/${what}`).catch(() => null);
    if (value === null) continue;
    await Deno.writeTextFile(`${CGROUPS}/cpuset/lhk-${node.name}/${what}`, value);
  }
  const config = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    ...{ cgroupDriver: "cgroupfs", cgroupRoot: `/lhk-${node.name}`, failSwapOn: false },
    authentication: {
      ...{ anonymous: { enabled: false }, webhook: { enabled: true } },
      x509: { clientCAFile: `${PKI}/ca.crt` },
    },
    featureGates: families.gates,
    ...{ cgroupsPerQOS: true, enforceNodeAllocatable: [], oomScoreAdj: 0 },
    resolvConf: "/etc/resolv.conf",
    evictionHard: {
      ...{ "nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "50Mi" },
    },
  };
  await Deno.writeTextFile(`${home}/kubelet.yaml`, JSON.stringify(config));
  node.start("kubelet", [
    ...[`${BIN}/kubelet`, `--config=${home}/kubelet.yaml`, `--kubeconfig=${home}/kubeconfig`],
    ...["--container-runtime=remote", `--hostname-override=${node.name}`],
    ...["--container-runtime-endpoint=unix:///run/containerd.sock", `--node-ip=${node.address}`],
    ...[`--root-dir=${home}/kubelet`, `--cert-dir=${home}/kubelet-pki`],
    "--pod-infra-container-image=localhost/pause:1",
  ]);
  node.start("proxy", [
    ...[`${BIN}/kube-proxy`, `--kubeconfig=${RUN}/kubeconfig`, `--cluster-cidr=${families.pods}`],
    ...gateOptions(families),
    ...["--proxy-mode=iptables", `--hostname-override=${node.name}`],
    ...["--conntrack-max-per-core=0", "--conntrack-tcp-timeout-established=0"],
    ...["--conntrack-tcp-timeout-close-wait=0", "--metrics-bind-address=127.0.0.1:10249"],
    "--healthz-bind-address=127.0.0.1:10256",
  ]);
}

async function load(nodes: readonly Node[], path: string): Promise<void> {
  for (const node of nodes) {
    const ctr = ["ctr", "-a", "/run/containerd.sock", "-n", "k8s.io", "images", "import"];
    let last: unknown;
    for (let i = 0; i < 50; i++) {
      try {
        await node.run(...ctr, path);
        last = undefined;
        break;
      } catch (error) {
        last = error;
        await pause(200);
      }
    }
    if (last !== undefined) throw last;
  }
}

async function stop(nodes: readonly Node[]): Promise<void> {
  for (const node of [...nodes].reverse()) await node.stop();
  await run(["ip", "netns", "del", FABRIC]).catch(() => {});
  for (const { name } of Deno.readDirSync(CGROUPS)) {
    for (const node of nodes) {
      const own = `${CGROUPS}/${name}/lhk-${node.name}`;
      await run(["find", own, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]).catch(() => {});
    }
  }
  // Mounts were the nodes' own, and went with them.
  await Deno.remove(RUN, { recursive: true }).catch(() => {});
}

/** Variables for a command that uses kubectl as the administrator does. */
export const environment = ({ kubeconfig }: Cluster): Record<string, string> => ({
  KUBECONFIG: kubeconfig,
  PATH: `${ROOT}/usr/bin:${PATH}`,
  LASTHOP_KUBE: KUBE,
});
