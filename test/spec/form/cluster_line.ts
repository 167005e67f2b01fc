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
  /** When it is told, ms after the nodes began to be watched. */
  atMs: number;
  /** What there is from the beginning. */
  first: Map<ClusterResource, ClusterObject[]>;
  later: { atMs: number; resource: ClusterResource; told: Partial<ClusterState> }[];
  /** Its teller did not end in order. */
  isCut: boolean;
  /** Kinds that could not be read. */
  unread: Set<ClusterResource>;
}

/** A cluster that was listed long before. */
export const newCluster = (): SpecCluster => ({
  atMs: LISTED_MS,
  first: new Map(),
  later: [],
  isCut: false,
  unread: new Set(),
});

const LISTED_MS = -60_000;

/** Words to objects, by the first word. */
const READERS: Record<string, (words: string[]) => [ClusterResource, unknown]> = {
  service: ([name, address, ...words]) => ["services", {
    ...named(name),
    type: words.some((word) => word.includes("+")) ? "NodePort" : "ClusterIP",
    clusterAddresses: address === "headless" ? [] : address!.split(","),
    ports: words.flatMap((word) => servicePort(word)),
    ...(words.includes("local") ? { externalLocal: true } : {}),
    ...(words.includes("unselected") ? { isUnselected: true } : {}),
    ...list("externalAddresses", words, "external="),
  }],
  endpoints: ([name, port, ...addresses]) => ["endpointslices", {
    ...named(name),
    service: named(name).name,
    ports: [portOf(port!)],
    endpoints: addresses.map((word) => {
      const [, address, not, node] = /^([^!@]+)(!?)(?:@(.+))?$/.exec(word)!;
      return { addresses: [address], ready: not === "", ...(node ? { node } : {}) };
    }),
  }],
  pod: ([name, address, ...words]) => ["pods", {
    ...named(name),
    addresses: address!.split(","),
    phase: "Running",
    labels: Object.fromEntries(words.filter((word) => word.includes("=")).map((w) => w.split("="))),
    ...(words[0] && !words[0].includes("=") ? { node: words[0] } : {}),
  }],
  node: ([name, ...addresses]) => ["nodes", { name, addresses }],
  policy: ([name, json]) => ["networkpolicies", { ...named(name), ...JSON.parse(json!) }],
  namespace: ([name, ...words]) => ["namespaces", {
    name,
    labels: Object.fromEntries(words.map((word) => word.split("="))),
  }],
};

/** Reads a line. */
export function readCluster(cluster: SpecCluster, [word = "", ...words]: string[]): void {
  if (word === "at") cluster.atMs = Math.round(Number(nanoseconds(words[0]!)) / 1e6);
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

function put(cluster: SpecCluster, [resource, value]: [ClusterResource, unknown]): void {
  const object = value as ClusterObject;
  if (cluster.atMs > LISTED_MS) {
    return add(cluster, resource, { told: "changed", objects: [object] } as Partial<ClusterState>);
  }
  const first = cluster.first.get(resource) ?? [];
  cluster.first.set(resource, first);
  first.push(object);
}

function add(cluster: SpecCluster, resource: ClusterResource, told: Partial<ClusterState>): void {
  cluster.later.push({ atMs: cluster.atMs, resource, told });
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
      wallMs: wallMs + LISTED_MS,
      told: { told: "listed", objects: cluster.first.get(resource) ?? [] } as Partial<ClusterState>,
    })),
    ...cluster.later.map(({ atMs, resource, told }) => ({ resource, wallMs: wallMs + atMs, told })),
    ...resources.filter(() => !cluster.isCut).map((resource) => ({
      resource,
      wallMs: wallMs + 10_000,
      told: { told: "watched", final: true } as Partial<ClusterState>,
    })),
  ];
  return lines.map(({ resource, wallMs, told }, sequence) =>
    ClusterState.parse({ kind: "cluster", cluster: "lab", sequence, resource, wallMs, ...told })
  );
}
