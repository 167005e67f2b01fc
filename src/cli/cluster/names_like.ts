/** Names of a cluster's objects that begin with what was typed. */
import { z } from "zod";
import type { AccessWords } from "../../kube/access.ts";
import { openApi } from "../../kube/open.ts";

/** Somebody waits with a finger on a key. */
const MS_MAX = 1_500;
/** Objects that are asked for, and names that are told. */
const ASKED_MAX = 5_000;
const TOLD_MAX = 200;

/** Words of a filter to where the API lists what they name. */
const KINDS: Readonly<Record<string, { path: string; resource: string; isNamespaced: boolean }>> = {
  pod: { path: "/api/v1", resource: "pods", isNamespaced: true },
  svc: { path: "/api/v1", resource: "services", isNamespaced: true },
  deploy: { path: "/apis/apps/v1", resource: "deployments", isNamespaced: true },
  node: { path: "/api/v1", resource: "nodes", isNamespaced: false },
};

/** Names of Kubernetes are such; a shell would read others as more than a word. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

const List = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/**
 * `pod/checkout-0` for `pod/ch`. Nothing where the API is away, slow or refuses, and for other words: who
 * types is told nothing of it. Never rejects.
 */
export async function namesLike(
  word: string,
  kube: AccessWords,
  namespace?: string,
): Promise<string[]> {
  const [, kind = "", begin = ""] = /^(\w+)\/(.*)$/.exec(word) ?? [];
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind]! : undefined;
  if (!known || (namespace !== undefined && !NAME.test(namespace))) return [];
  const { path, resource, isNamespaced } = known;
  const inside = isNamespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
  const url = `${path}${inside}/${resource}?limit=${ASKED_MAX}`;
  const signal = AbortSignal.timeout(MS_MAX);
  try {
    const api = await openApi(kube, signal);
    try {
      const { items } = List.parse(await api.json(url, { signal }));
      const names = items.map(({ metadata }) => metadata.name)
        .filter((name) => NAME.test(name) && name.startsWith(begin));
      return [...new Set(names)].sort().slice(0, TOLD_MAX).map((name) => `${kind}/${name}`);
    } finally {
      // Also a kubectl that carried the question is gone then.
      await api.close();
    }
  } catch {
    return [];
  }
}
