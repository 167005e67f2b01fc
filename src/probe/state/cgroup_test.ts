import { deepEqual, equal } from "node:assert/strict";
import { cgroupOwner } from "./cgroup.ts";

const UID = "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0";
const SYSTEMD_UID = UID.replaceAll("-", "_");
const STATIC_UID = "d41d8cd98f00b204e9800998ecf8427e";
const ID = "0123456789abcdef".repeat(4);
const OTHER_ID = "fedcba9876543210".repeat(4);

/** Lines of both versions, as a kernel prints them for a process in `path`. */
const v1 = (path: string) =>
  `12:cpu,cpuacct:${path}\n3:memory:${path}\n1:name=systemd:${path}\n0::/\n`;
const v2 = (path: string) => `0::${path}\n`;

Deno.test("cgroup: a pod is known by its uid, of either version and any driver, runtime and class", () => {
  const paths = [
    `/kubepods/burstable/pod${UID}/${ID}`,
    `/kubepods/pod${UID}/${ID}`,
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${SYSTEMD_UID}.slice/cri-containerd-${ID}.scope`,
    `/kubepods.slice/kubepods-pod${SYSTEMD_UID}.slice/crio-${ID}.scope/container`,
    `/system.slice/containerd.service/kubepods-burstable-pod${SYSTEMD_UID}.slice:cri-containerd:${ID}`,
    `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${SYSTEMD_UID}.slice/docker-${ID}.scope`,
    // As seen by a probe in a pod, whose own control group is the root.
    `/../../kubepods-besteffort.slice/kubepods-besteffort-pod${SYSTEMD_UID}.slice/cri-containerd-${ID}.scope`,
  ];
  for (const path of paths) {
    for (const text of [v1(path), v2(path)]) {
      deepEqual(cgroupOwner(text), { kind: "pod", uid: UID }, text);
    }
  }
  deepEqual(cgroupOwner(v2(`/kubepods/burstable/pod${STATIC_UID}/${ID}`)), {
    kind: "pod",
    uid: STATIC_UID,
  });
});

Deno.test("cgroup: containers, machines and services are known by what runtimes and systemd call theirs", () => {
  const owner = (path: string) => cgroupOwner(v2(path));
  const container = (runtime: string) => ({ kind: "container", id: ID, runtime });
  deepEqual(owner(`/docker/${ID}`), container("docker"));
  deepEqual(owner(`/system.slice/docker-${ID}.scope`), container("docker"));
  deepEqual(owner(`/machine.slice/libpod-${ID}.scope/container`), container("podman"));
  deepEqual(
    owner(`/machine.slice/machine-libpod_pod_${OTHER_ID}.slice/libpod-${ID}.scope`),
    container("podman"),
  );
  deepEqual(
    owner(`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`),
    container("podman"),
  );
  deepEqual(owner(`/k8s.io/${ID}`), container("containerd"));
  deepEqual(owner(`/some/where/${ID}`), { kind: "container", id: ID });
  deepEqual(
    owner("/machine.slice/machine-mail\\x2dold.scope/payload/init.scope"),
    { kind: "machine", name: "mail-old", runtime: "systemd-machined" },
  );
  deepEqual(owner("/lxc.payload.web/init.scope"), { kind: "machine", name: "web", runtime: "lxc" });
  deepEqual(owner("/system.slice/openvpn@a\\x2db.service"), {
    kind: "unit",
    unit: "openvpn@a-b.service",
  });
});

Deno.test("cgroup: what processes of a container made themselves does not name it", () => {
  const forged = `/machine.slice/libpod-${ID}.scope/kubepods/pod${UID}/${OTHER_ID}`;
  deepEqual(cgroupOwner(v2(forged)), { kind: "container", id: ID, runtime: "podman" });
  const nested = `/kubepods/pod${UID}/${ID}/kubepods/pod${STATIC_UID}/${OTHER_ID}`;
  deepEqual(cgroupOwner(v2(nested)), { kind: "pod", uid: UID });
});

Deno.test("cgroup: a session, a container's monitor, the root and nonsense are nobody's", () => {
  const paths = [
    "/",
    "/user.slice/user-0.slice/session-3.scope",
    "/user.slice/user-1000.slice/user@1000.service/app.slice",
    `/machine.slice/libpod-conmon-${ID}.scope`,
    "/kubepods/burstable",
    "/kubepods/podnot-a-uid/x",
    `/kubepods/pod${UID.slice(1)}/x`,
  ];
  for (const path of paths) equal(cgroupOwner(v2(path)), undefined, path);
  equal(cgroupOwner(""), undefined);
  equal(cgroupOwner("0::"), undefined);
});
