import { deepEqual } from "node:assert/strict";
import { dirname } from "node:path";
import { ContainerNames } from "./container_names.ts";

const ID = "0123456789abcdef".repeat(4);
const TASK = "/run/containerd/io.containerd.runtime.v2.task";

async function namesOf(files: Record<string, unknown>) {
  const root = await Deno.makeTempDir({ prefix: "lhst-" });
  try {
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(dirname(root + path), { recursive: true });
      await Deno.writeTextFile(root + path, JSON.stringify(content));
    }
    return new ContainerNames([`${root}/none`, root]).container(ID, "x");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("container names: a pod by the annotations of containerd and CRI-O, without kubelet's folders", async () => {
  const pod = { namespace: "shop", name: "web-0", uid: "u1" };
  const containerd = {
    "io.kubernetes.cri.sandbox-namespace": "shop",
    "io.kubernetes.cri.sandbox-name": "web-0",
    "io.kubernetes.cri.sandbox-uid": "u1",
  };
  deepEqual(await namesOf({ [`${TASK}/k8s.io/${ID}/config.json`]: { annotations: containerd } }), {
    pod,
  });
  const crio = {
    "io.kubernetes.pod.namespace": "shop",
    "io.kubernetes.pod.name": "web-0",
    "io.kubernetes.pod.uid": "u1",
  };
  const userdata = `/run/containers/storage/overlay-containers/${ID}/userdata/config.json`;
  deepEqual(await namesOf({ [userdata]: { annotations: crio } }), { pod });
});

Deno.test("container names: a container by docker's, nerdctl's and podman's files", async () => {
  const container = { id: ID, runtime: "x", name: "web" };
  const docker = { [`/var/lib/docker/containers/${ID}/config.v2.json`]: { Name: "/web" } };
  deepEqual(await namesOf(docker), { container });
  const nerdctl = { annotations: { "nerdctl/name": "web" } };
  deepEqual(await namesOf({ [`${TASK}/default/${ID}/config.json`]: nerdctl }), { container });
  const list = [{ id: "other", names: ["no"] }, { id: ID, names: ["web"] }];
  const storage = "/var/lib/containers/storage";
  deepEqual(await namesOf({ [`${storage}/vfs-containers/containers.json`]: list }), { container });
});

Deno.test("container names: files of another form, or of another container, name nothing", async () => {
  const none = { container: { id: ID, runtime: "x" } };
  for (const content of [[], 7, { Name: 7 }, { annotations: { "nerdctl/name": "" } }, {}]) {
    const file = { [`/var/lib/docker/containers/${ID}/config.v2.json`]: content };
    deepEqual(await namesOf(file), none, JSON.stringify(content));
  }
  deepEqual(
    await namesOf({ [`/var/lib/docker/containers/${ID}x/config.v2.json`]: { Name: "/no" } }),
    none,
  );
});
