/** What the probes of an incident share and nobody who reads it is told. Rules O30, C6. */
import { z } from "zod";
import { visibleIncident } from "../access/named_incident.ts";
import { json, type Operation } from "./operation.ts";

/** By what the probes of an incident make digests that can be compared with each other's. */
export const SecretAnswer = z.object({
  /** 32 bytes by chance, base64url; null: the incident was imported, or is older than this question. */
  secret: z.string().max(100).nullable(),
});

/** By what the probes of an incident make digests that can be compared with each other's. */
export type SecretAnswer = z.infer<typeof SecretAnswer>;

/** The operation. */
export const SECRET_OPERATIONS: readonly Operation[] = [
  {
    method: "get",
    operationId: "readSecret",
    path: "/v1/incidents/{id}/secret",
    summary: "What this incident's probes mix digests by, so that those of two can be compared",
    role: "probe",
    audit: "secret.read",
    answer: json(200, SecretAnswer, "The incident's secret"),
    async handle({ c, deps, id }) {
      const { secret = null } = await visibleIncident(deps, id);
      return c.json({ secret } satisfies SecretAnswer, 200, { "cache-control": "no-store" });
    },
  },
];
