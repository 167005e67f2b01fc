/** Lines of a section `-- cluster --`: what the API of the cluster told, as the lines of its teller. */
import { nanoseconds, SpecError } from "./words.ts";
import {
  CLUSTER_RESOURCES,
  type ClusterObject,
  type ClusterResource,
  ClusterState,
} from "../../../src/event/cluster/state.ts";

/** What was told of the cluster. */
export interface SpecCluster {
  /** When it was listed, ms after the nodes began to be watched. */
  listedMs: number;
  /** When it is told, likewise; undefined: with the list. */
  atMs: number | undefined;
  /** What there is from the beginning. */
  first: Map<ClusterResource, ClusterObject[]>;
  later: { atMs: number; resource: ClusterResource; told: Partial<ClusterState> }[];
  /** Its teller did not end in order. */
  isCut: boolean;
  /** The next object is all that there is of its kind, in a list of its own. */
  isRelisted: boolean;
  /** Kinds that could not be read. */
  unread: Set<ClusterResource>;
}

/** A cluster that was listed long before. */
export const newCluster = (): SpecCluster => ({
  listedMs: -60_000,
  atMs: undefined,
  first: new Map(),
  later: [],
  isCut: false,
  isRelisted: false,
  unread: new Set(),
});

/** What says since when it is so: `since=-20s`, ms after the nodes began to be watched. */
function sinceOf(words: readonly string[]): { sinceMs?: number } {
  const found = words.find((word) => word.startsWith("since="))?.slice("since=".length);
  return found === undefined ? {} : { sinceMs: msOf(found) };
}

const isPlain = (word: string) => !word.startsWith("since=");

const datedFrom = (object: ClusterObject, wallMs: number): ClusterObject =>
  "sinceMs" in object ? { ...object, sinceMs: object.sinceMs! + wallMs } : object;

/** Times before that have a minus. */
const msOf = (text: string): number =>
  Math.round(Number(nanoseconds(text.replace(/^-/, ""))) / 1e6) * (text.startsWith("-") ? -1 : 1);

/** Words to objects, by the first word. */
const READERS: Record<string, (words: string[]) => [ClusterResource, unknown]> = {
  service: ([name, address, ...words]) => ["services", {
    ...named(name),
    type: words.some((word) => word.includes("+")) ? "NodePort" : "ClusterIP",
    clusterAddresses: address === "headless" ? [] : address!.split(","),
    ports: words.flatMap((word) => servicePort(word)),
    ...(words.includes("local") ? { externalLocal: true } : {}),
    ...(words.includes("unselected") ? { isUnselected: true } : {}),
    ...sinceOf(words),
    ...list("externalAddresses", words, "external="),
  }],
  endpoints: ([name, port, ...words]) => ["endpointslices", {
    ...named(name),
    service: named(name).name,
    ports: [portOf(port!)],
    ...sinceOf(words),
    endpoints: words.filter(isPlain).map((word) => {
      const [, address, not, node, pod] = /^([^!@=]+)(!?)(?:@([^=]+))?(?:=(.+))?$/.exec(word)!;
      const behind = { ...(node ? { node } : {}), ...(pod ? { pod } : {}) };
      return { addresses: [address], ready: not === "", ...behind };
    }),
  }],
  pod: ([name, address, ...words]) => ["pods", {
    ...named(name),
    addresses: address!.split(","),
    phase: words.includes("pending") ? "Pending" : "Running",
    ...(words.includes("hostnetwork") ? { hostNetwork: true } : {}),
    labels: Object.fromEntries(words.filter((word) => word.includes("=")).map((w) => w.split("="))),
    ...(words[0] && !words[0].includes("=") && !["pending", "hostnetwork"].includes(words[0])
      ? { node: words[0] }
      : {}),
  }],
  node: ([name, ...words]) => ["nodes", {
    name,
    addresses: words.filter((word) => isPlain(word) && word !== "notready"),
    ...(words.includes("notready") ? { ready: false } : {}),
    ...sinceOf(words),
  }],
  policy: ([name, json]) => ["networkpolicies", { ...named(name), ...JSON.parse(json!) }],
  namespace: ([name, ...words]) => ["namespaces", {
    name,
    labels: Object.fromEntries(words.map((word) => word.split("="))),
  }],
};

/** Reads a line. */
export function readCluster(cluster: SpecCluster, [word = "", ...words]: string[]): void {
  if (word === "at") cluster.atMs = msOf(words[0]!);
  else if (word === "listed") cluster.listedMs = msOf(words[0]!);
  else if (word === "relisted") relist(cluster, words);
  else if (word === "cut") cluster.isCut = true;
  else if (word === "unread") { for (const one of words) cluster.unread.add(resourceOf(one)); }
  else if (word === "broken") {
    const told = { told: "broken", why: "the watch ended" } as const;
    for (const one of words) add(cluster, resourceOf(one), told);
  } else if (word === "gone") {
    const [resource] = reader(words[0]!)([words[1]!, "", "{}"]);
    add(cluster, resource, { told: "changed", gone: [words[1]!] });
  } else put(cluster, reader(word)(words));
}

/** All of the kind are what follows in the next line. */
function relist(cluster: SpecCluster, [resource = "", at = ""]: string[]): void {
  cluster.atMs = msOf(at);
  cluster.isRelisted = true;
  resourceOf(resource);
}

function put(cluster: SpecCluster, [resource, value]: [ClusterResource, unknown]): void {
  const object = value as ClusterObject;
  if (cluster.isRelisted) {
    cluster.isRelisted = false;
    return add(cluster, resource, { told: "listed", objects: [object] } as Partial<ClusterState>);
  }
  if (cluster.atMs !== undefined) {
    return add(cluster, resource, { told: "changed", objects: [object] } as Partial<ClusterState>);
  }
  const first = cluster.first.get(resource) ?? [];
  cluster.first.set(resource, first);
  first.push(object);
}

function add(cluster: SpecCluster, resource: ClusterResource, told: Partial<ClusterState>): void {
  cluster.later.push({ atMs: cluster.atMs ?? cluster.listedMs, resource, told });
}

function reader(word: string) {
  const found = READERS[word];
  if (found) return found;
  throw new SpecError(`"${word}" means nothing of a cluster`);
}

function resourceOf(word: string): ClusterResource {
  const found = CLUSTER_RESOURCES.find((resource) => resource === word);
  if (found) return found;
  throw new SpecError(`"${word}" must be one of ${CLUSTER_RESOURCES.join(", ")}`);
}

function named(text = ""): { namespace: string; name: string } {
  const [namespace = "", name = ""] = text.split("/");
  return { namespace, name };
}

/** `80/tcp`. */
function portOf(word: string) {
  const [port, protocol = "tcp"] = word.split("/");
  return { port: Number(port), protocol: protocol.toUpperCase() };
}

/** `80/tcp>8080+30080` with a node port, `80/tcp>http`; nothing for other words. */
function servicePort(word: string) {
  const found = /^(\d+)\/(\w+)(?:>(\w+))?(?:\+(\d+))?$/.exec(word);
  if (!found) return [];
  const [, port, protocol, target, nodePort] = found;
  return [{
    port: Number(port),
    protocol: protocol!.toUpperCase(),
    ...(target ? { target: /^\d+$/.test(target) ? Number(target) : target } : {}),
    ...(nodePort ? { nodePort: Number(nodePort) } : {}),
  }];
}

function list(key: string, words: readonly string[], prefix: string) {
  const found = words.find((word) => word.startsWith(prefix));
  return found === undefined ? {} : { [key]: found.slice(prefix.length).split(",") };
}

/** The lines of its teller. `wallMs` is when the nodes began to be watched. */
export function clusterLines(cluster: SpecCluster, wallMs: number): ClusterState[] {
  const resources = CLUSTER_RESOURCES.filter((resource) => !cluster.unread.has(resource));
  const lines: { resource: ClusterResource; wallMs: number; told: Partial<ClusterState> }[] = [
    ...resources.map((resource) => ({
      resource,
      wallMs: wallMs + cluster.listedMs,
      told: { told: "listed", objects: cluster.first.get(resource) ?? [] } as Partial<ClusterState>,
    })),
    ...cluster.later.map(({ atMs, resource, told }) => ({ resource, wallMs: wallMs + atMs, told })),
    ...resources.filter(() => !cluster.isCut).map((resource) => ({
      resource,
      wallMs: wallMs + 10_000,
      told: { told: "watched", final: true } as Partial<ClusterState>,
    })),
  ];
  const about = { kind: "cluster", cluster: "lab" };
  return lines.map(({ resource, wallMs: atMs, told: { objects = [], ...told } }, sequence) => {
    const dated = objects.map((object) => datedFrom(object, wallMs));
    return ClusterState.parse({
      ...about,
      sequence,
      resource,
      wallMs: atMs,
      ...told,
      objects: dated,
    });
  });
}
