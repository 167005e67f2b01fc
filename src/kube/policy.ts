/** A NetworkPolicy as the API has it to what of it is kept. */
import { z } from "zod";
import { ClusterPolicy } from "../event/cluster/objects.ts";
import { Labels, Metadata, Port, some, text } from "./raw.ts";

const RawSelector = z.object({
  matchLabels: Labels,
  matchExpressions: z.array(z.object({
    key: z.string(),
    operator: z.string(),
    values: z.array(z.string()).nullish(),
  })).nullish(),
}).nullish();

const RawRule = z.object({
  from: z.array(z.unknown()).nullish(),
  to: z.array(z.unknown()).nullish(),
  ports: z.array(z.object({ protocol: text, port: Port, endPort: z.number().nullish() })).nullish(),
});

const RawPeer = z.object({
  podSelector: RawSelector,
  namespaceSelector: RawSelector,
  ipBlock: z.object({ cidr: z.string(), except: z.array(z.string()).nullish() }).nullish(),
});

/** A NetworkPolicy of the API. */
export const RawPolicy = z.object({
  metadata: Metadata,
  spec: z.object({
    podSelector: RawSelector,
    policyTypes: z.array(z.string()).nullish(),
    ingress: z.array(RawRule).nullish(),
    egress: z.array(RawRule).nullish(),
  }),
});

const selector = (raw: z.infer<typeof RawSelector>) =>
  some({
    labels: raw?.matchLabels,
    expressions: raw?.matchExpressions?.map(({ key, operator, values }) => ({
      key,
      operator,
      ...some({ values }),
    })),
  });

/** What of it is kept. Throws ZodError for what is too long, or none. */
export function policy({ metadata, spec }: z.infer<typeof RawPolicy>): ClusterPolicy {
  const rules = (list: z.infer<typeof RawRule>[] | null | undefined, end: "from" | "to") =>
    (list ?? []).map(({ ports, ...rule }) => ({
      // An empty list allows everybody, as none does.
      ...some({
        peers: rule[end]?.length ? rule[end].map((one) => peer(RawPeer.parse(one))) : undefined,
        ports: ports?.length
          ? ports.map(({ protocol, port, endPort }) => ({
            protocol: protocol ?? "TCP",
            ...some({ port, endPort }),
          }))
          : undefined,
      }),
    }));
  const types = spec.policyTypes ?? ["Ingress", ...(spec.egress ? ["Egress"] : [])];
  return ClusterPolicy.parse({
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    pods: selector(spec.podSelector),
    ...some({
      ingress: types.includes("Ingress") ? rules(spec.ingress, "from") : undefined,
      egress: types.includes("Egress") ? rules(spec.egress, "to") : undefined,
    }),
  });
}

const peer = ({ podSelector, namespaceSelector, ipBlock }: z.infer<typeof RawPeer>) =>
  some({
    pods: podSelector ? selector(podSelector) : undefined,
    namespaces: namespaceSelector ? selector(namespaceSelector) : undefined,
    block: ipBlock ? { cidr: ipBlock.cidr, except: ipBlock.except ?? [] } : undefined,
  });
