/** Names of pods and containers, from the files that kubelet and container runtimes keep on a node. */
import { z } from "zod";
import type { NetnsHolder } from "../../event/netns_holder.ts";
import { clip } from "./bounds.ts";

/** Names remembered of each kind; when there are more, they are looked up anew. */
const KNOWN_MAX = 10_000;
/** Bytes of a file with a name that are read. */
const FILE_BYTES_MAX = 2 * 1024 * 1024;
/** Characters of a name. */
const NAME_MAX = 255;
/** Looks that a container's name is looked for in: its files are written before it has processes. */
const LOOKS_MAX = 5;

type Pod = NonNullable<NetnsHolder["pod"]>;
type Container = NonNullable<NetnsHolder["container"]>;

/** What a runtime wrote of one container. Each knows but some of these. */
const ConfigFile = z.object({
  Name: z.string().optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
const ContainerList = z.array(z.object({ id: z.string(), names: z.array(z.string()).nullish() }));

/** Annotations of containerd, CRI-O and docker's shim with the pod's namespace, name and uid. */
const POD_WORDS = [
  ["io.kubernetes.cri.sandbox-namespace", "io.kubernetes.cri.sandbox-name"],
  ["io.kubernetes.pod.namespace", "io.kubernetes.pod.name"],
] as const;
const UID_WORDS = ["io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid"] as const;

/**
 * Looks names up below folders that are the root of a file system: `""`, and `/proc/1/root` for a
 * probe in a container. A name that was found once stays known when its pod is gone.
 */
export class ContainerNames {
  #pods = new Map<string, Pod>();
  #containers = new Map<string, Pick<NetnsHolder, "pod" | "container">>();
  /** How many times no file had the name of a container. */
  #misses = new Map<string, number>();
  #listed = false;

  constructor(readonly roots: readonly string[] = ["", "/proc/1/root"]) {}

  /** What follows may list folders anew, once: pods came since the look before. */
  beginLook(): void {
    this.#listed = false;
    if (this.#pods.size > KNOWN_MAX) this.#pods.clear();
    if (this.#containers.size > KNOWN_MAX) this.#containers.clear();
    if (this.#misses.size > KNOWN_MAX) this.#misses.clear();
  }

  /** The pod with this uid: with its name, where a folder of its logs has it. */
  pod(uid: string): Pod {
    if (!this.#pods.has(uid) && !this.#listed) this.#listLogs();
    return this.#pods.get(uid) ?? { uid };
  }

  /** The container with this id, or the pod that it belongs to. */
  container(id: string, runtime: string | undefined): Pick<NetnsHolder, "pod" | "container"> {
    const known = this.#containers.get(id);
    if (known !== undefined) return known;
    const container: Container = { id, ...(runtime === undefined ? {} : { runtime }) };
    const misses = this.#misses.get(id) ?? 0;
    if (misses >= LOOKS_MAX) return { container };
    const found = this.#fromConfig(container) ?? this.#fromList(container);
    if (found === undefined) this.#misses.set(id, misses + 1);
    else this.#containers.set(id, found);
    return found ?? { container };
  }

  /** Kubelet keeps the logs of a pod in /var/log/pods/NAMESPACE_NAME_UID. */
  #listLogs(): void {
    this.#listed = true;
    for (const root of this.roots) {
      for (const entry of entriesOf(`${root}/var/log/pods`)) {
        const [, namespace, name, uid] = /^([^_]+)_([^_]+)_([^_]+)$/.exec(entry) ?? [];
        if (uid === undefined || uid.length > 64 || this.#pods.has(uid)) continue;
        this.#pods.set(uid, {
          namespace: clip(namespace!, NAME_MAX),
          name: clip(name!, NAME_MAX),
          uid,
        });
      }
    }
  }

  #fromConfig(container: Container): Pick<NetnsHolder, "pod" | "container"> | undefined {
    const { id } = container;
    const task = "/run/containerd/io.containerd.runtime.v2.task";
    for (const root of this.roots) {
      const files = [
        ...entriesOf(`${root}${task}`).map((space) => `${task}/${space}/${id}/config.json`),
        `/run/containers/storage/overlay-containers/${id}/userdata/config.json`,
        `/var/lib/docker/containers/${id}/config.v2.json`,
      ];
      for (const file of files) {
        const config = parsed(ConfigFile, `${root}${file}`);
        const found = config && namesIn(config, container);
        if (found) return found;
      }
    }
    return undefined;
  }

  /** podman has the names of all its containers in one file for each driver of storage. */
  #fromList(container: Container): Pick<NetnsHolder, "container"> | undefined {
    const storage = "/var/lib/containers/storage";
    for (const root of this.roots) {
      for (const driver of entriesOf(`${root}${storage}`)) {
        if (!driver.endsWith("-containers")) continue;
        const list = parsed(ContainerList, `${root}${storage}/${driver}/containers.json`);
        const name = list?.find(({ id }) => id === container.id)?.names?.[0];
        if (name) return { container: { ...container, name: clip(name, NAME_MAX) } };
      }
    }
    return undefined;
  }
}

function namesIn(
  { Name, annotations, Config }: z.infer<typeof ConfigFile>,
  container: Container,
): Pick<NetnsHolder, "pod" | "container"> | undefined {
  const words = { ...Config?.Labels, ...annotations };
  for (const [namespace, name] of POD_WORDS) {
    if (!words[namespace] || !words[name]) continue;
    const uid = UID_WORDS.flatMap((word) => words[word] ?? [])[0] ?? container.id;
    return {
      pod: {
        namespace: clip(words[namespace], NAME_MAX),
        name: clip(words[name], NAME_MAX),
        uid: clip(uid, 64),
      },
    };
  }
  // docker writes a name as a path; nerdctl and podman have theirs in an annotation or label.
  const name = Name?.replace(/^\//, "") || words["nerdctl/name"];
  return name ? { container: { ...container, name: clip(name, NAME_MAX) } } : undefined;
}

function entriesOf(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    // No such runtime here, or it may not be read.
    return [];
  }
}

/** A file as JSON, when it is one of this form and not endless. */
function parsed<T>(schema: z.ZodType<T>, path: string): T | undefined {
  try {
    const { size, isFile } = Deno.statSync(path);
    if (!isFile || size > FILE_BYTES_MAX) return undefined;
    return schema.safeParse(JSON.parse(Deno.readTextFileSync(path))).data;
  } catch {
    // It is not there, or is being written.
    return undefined;
  }
}
