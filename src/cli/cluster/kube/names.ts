/** Names in a filter, as kubectl has them, to addresses that every node understands. */
import { LasthopError } from "../../../event/error.ts";
import type { Kubectl, KubeObject } from "./kubectl.ts";

const KINDS: Readonly<Record<string, string>> = {
  ...{ po: "pod", pod: "pod", pods: "pod", svc: "service", service: "service" },
  ...{ services: "service", deploy: "deployment", deployment: "deployment" },
  ...{ deployments: "deployment", no: "node", node: "node", nodes: "node" },
};
const WORD = new RegExp(`(?<![\\w/-])(${Object.keys(KINDS).join("|")})/([a-z0-9][a-z0-9.-]*)`, "g");

/** An address that means nothing, to try a filter's grammar with. */
const SOME = "host 192.0.2.1";

/** The filter with each name replaced by something of the same grammar. */
export const withoutNames = (filter: string): string => filter.replaceAll(WORD, SOME);

/** Whether it has a name that only the cluster knows. */
export const hasNames = (filter: string): boolean => withoutNames(filter) !== filter;

/** What a filter became. */
export interface Resolved {
  filter: string;
  /** Nodes on which the ends that it names are. */
  nodes: string[];
}

/**
 * The filter with addresses in place of names; a pod keeps its name beside them, by which its node finds
 * the one that takes its place. Throws LasthopError `name_unknown` for a name that is not there, and as
 * `Kubectl.run`.
 */
export async function resolveNames(
  kubectl: Kubectl,
  filter: string,
  namespace: string,
): Promise<Resolved> {
  const found = new Map<string, Resolved>();
  for (const [word, kind, name] of filter.matchAll(WORD)) {
    if (!found.has(word)) {
      found.set(word, await resolve(kubectl, KINDS[kind!]!, name!, namespace));
    }
  }
  return {
    filter: filter.replaceAll(WORD, (word) => found.get(word)!.filter),
    nodes: [...new Set([...found.values()].flatMap(({ nodes }) => nodes))],
  };
}

async function resolve(
  kubectl: Kubectl,
  kind: string,
  name: string,
  namespace: string,
): Promise<Resolved> {
  const place = kind === "node" ? [] : ["-n", namespace];
  const [object] = await kubectl.list([`${kind}/${name}`, ...place]).catch((error) => {
    throw /not found/i.test(String(error?.message)) ? unknown(kind, name, namespace) : error;
  });
  if (kind === "node") return { filter: anyOf(nodeAddresses(object!)), nodes: [name] };
  if (kind === "pod") return ofPods([object!], namespace);
  if (kind === "deployment") {
    return ofPods(await selected(kubectl, object!.spec.selector.matchLabels, namespace), namespace);
  }
  const { clusterIP, clusterIPs = [clusterIP], externalIPs = [], selector } = object!.spec;
  const own = [...clusterIPs, ...externalIPs].filter((one: string) => one && one !== "None");
  const pods = selector ? await selected(kubectl, selector, namespace) : [];
  // Its address is what a client asks for; translations of it are followed by the probes.
  return own.length > 0 ? { filter: anyOf(own), nodes: nodesOf(pods) } : ofPods(pods, namespace);
}

async function selected(
  kubectl: Kubectl,
  labels: Record<string, string>,
  namespace: string,
): Promise<KubeObject[]> {
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(",");
  return await kubectl.list(["pods", "-n", namespace, "-l", selector]);
}

function ofPods(pods: readonly KubeObject[], namespace: string): Resolved {
  const addresses = pods.flatMap(({ status }) =>
    ((status?.podIPs ?? [{ ip: status?.podIP }]) as { ip?: string }[]).flatMap(({ ip }) => ip ?? [])
  );
  const names = pods.map(({ metadata }) => `pod ${namespace}/${metadata.name}`);
  return { filter: anyOf(addresses, names), nodes: nodesOf(pods) };
}

const nodesOf = (pods: readonly KubeObject[]): string[] =>
  pods.flatMap(({ spec }) => spec?.nodeName ?? []);

const nodeAddresses = ({ status }: KubeObject): string[] =>
  ((status?.addresses ?? []) as { type: string; address: string }[])
    .filter(({ type }) => type === "InternalIP").map(({ address }) => address);

function anyOf(addresses: readonly string[], more: readonly string[] = []): string {
  const all = [...addresses.map((address) => `host ${address}`), ...more];
  if (all.length === 0) {
    throw new LasthopError("name_unknown", "Cannot trace: a name has no address and no pod");
  }
  return all.length === 1 ? all[0]! : `(${all.join(" or ")})`;
}

const unknown = (kind: string, name: string, namespace: string) =>
  new LasthopError(
    "name_unknown",
    `Cannot trace: there is no ${kind} "${name}"${kind === "node" ? "" : ` in "${namespace}"`}`,
  );
