/** What the path of a control group tells of its processes: a pod, a container, a service. Pure. */

/** Whose a process is, by its control group. */
export type CgroupOwner =
  | { kind: "pod"; uid: string }
  | { kind: "container"; id: string; runtime?: string }
  /** A container or machine whose control group has its name. */
  | { kind: "machine"; name: string; runtime: string }
  | { kind: "unit"; unit: string };

/** A uid as the API server makes it, with the `_` that systemd wants; 32 digits of a static pod. */
const POD = /^(?:.*[-/])?pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})\b/;
const CONTAINER = /^(?:(.*)[-_:])?([0-9a-f]{64})(?:\.scope|\.service)?$/;
const SERVICE = /^(?!user@\d+\.service$).+\.service$/;

/** What control groups call a runtime. Other words before an id are not told. */
const RUNTIMES: Readonly<Record<string, string>> = {
  docker: "docker",
  libpod: "podman",
  "libpod-payload": "podman",
  libpod_parent: "podman",
  crio: "cri-o",
  "cri-containerd": "containerd",
  "k8s.io": "containerd",
  nerdctl: "containerd",
};

/**
 * Whose a process is, by its `/proc/PID/cgroup`, of either version and by any driver. The outermost
 * pod or container counts: what is further in, its own processes may have made and named.
 */
export function cgroupOwner(text: string): CgroupOwner | undefined {
  let unit: CgroupOwner | undefined;
  for (const line of text.split("\n")) {
    const path = /^\d+:[^:]*:(\/.*)$/.exec(line)?.[1];
    if (path === undefined) continue;
    const parts = path.split("/");
    const found = firstOf(parts, (part, i) => podOrContainer(part, parts[i - 1] ?? ""));
    if (found !== undefined) return found;
    const service = parts.find((part) => SERVICE.test(part));
    if (service !== undefined) unit ??= { kind: "unit", unit: unescaped(service) };
  }
  return unit;
}

function firstOf<T>(
  parts: readonly string[],
  of: (part: string, i: number) => T | undefined,
): T | undefined {
  for (const [i, part] of parts.entries()) {
    const found = of(part, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

function podOrContainer(part: string, before: string): CgroupOwner | undefined {
  const uid = POD.exec(part)?.[1];
  if (uid !== undefined) return { kind: "pod", uid: uid.replaceAll("_", "-") };
  const [, word, id] = CONTAINER.exec(part) ?? [];
  // A monitor of a container is not in it, and a slice of podman's pod holds containers.
  if (id !== undefined && !/conmon|libpod_pod$/.test(word ?? "")) {
    const runtime = RUNTIMES[word ?? before];
    return { kind: "container", id, ...(runtime === undefined ? {} : { runtime }) };
  }
  return machine(part, before);
}

function machine(part: string, before: string): CgroupOwner | undefined {
  const nspawn = /^systemd-nspawn@(.+)\.service$/.exec(part)?.[1];
  if (nspawn !== undefined) {
    return { kind: "machine", name: unescaped(nspawn), runtime: "systemd-nspawn" };
  }
  const lxc = /^lxc\.payload\.(.+)$/.exec(part)?.[1] ?? (before === "lxc" ? part : undefined);
  if (lxc !== undefined && lxc !== "") return { kind: "machine", name: lxc, runtime: "lxc" };
  const scope = before === "machine.slice" ? /^machine-(.+)\.scope$/.exec(part)?.[1] : undefined;
  if (scope === undefined || scope.startsWith("libpod")) return undefined;
  return { kind: "machine", name: unescaped(scope), runtime: "systemd-machined" };
}

/** systemd writes bytes that a unit's name can't have as `\x2d`. */
function unescaped(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}
