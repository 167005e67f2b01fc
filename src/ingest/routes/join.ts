/**
 * Operations by which nodes join an incident: a code that was pasted on them is exchanged for a token
 * of their own, and whoever watches the incident sees which nodes did so.
 */
import { z } from "zod";
import { JOIN_PATH, principalOf } from "../access/auth.ts";
import { visibleIncident } from "../access/named_incident.ts";
import { mintToken } from "../access/tokens.ts";
import { Problem } from "../http/problem.ts";
import { readJson } from "../http/read_json.ts";
import { json, JSON_TYPE, type Operation } from "./operation.ts";
import { count, time } from "./schema_parts.ts";
import { tokensFull } from "./tokens.ts";

/** How long a node may report with the token that it got: longer than incidents last. */
const NODE_TOKEN_SECONDS = 7 * 24 * 3600;

/** Body of an exchange. The name is that of `BatchHeader`. */
export const JoinIncident = z.strictObject({
  node: z.string().min(1).max(253),
});

/** Answer of an exchange. */
export const Joined = z.object({
  incident: z.string(),
  /** The incident's: what a node reports unless it was told otherwise. */
  filter: z.string(),
  /** A probe's token for this incident alone. It is in this answer and never again. */
  token: z.string(),
  expiresAt: time,
});

/** Answer of an exchange. */
export type Joined = z.infer<typeof Joined>;

/** Which nodes got a token, and which codes could still give one. */
export const NodeList = z.object({
  /** Codes that were not closed; those whose time is over, too. */
  codes: z.array(z.object({
    id: z.string(),
    expiresAt: time,
    nodesMax: count,
    /** Tokens that were got with it. */
    joined: count,
  })),
  /** In the order in which they joined. A node that joined twice is here twice. */
  nodes: z.array(z.object({
    /** The name it gave itself. */
    node: z.string(),
    /** Address that asked; null where the runtime does not tell. */
    from: z.string().nullable(),
    joinedAt: time,
    code: z.string(),
    /** Id of its token, to revoke it by. */
    token: z.string(),
  })),
});

/** Which nodes got a token, and which codes could still give one. */
export type NodeList = z.infer<typeof NodeList>;

/** The exchange, and the list of who did it. */
export const JOIN_OPERATIONS: readonly Operation[] = [
  {
    method: "post",
    operationId: "joinIncident",
    path: JOIN_PATH,
    summary: "Exchange a code, sent as the bearer token, for a token of this node's own",
    role: "join",
    tokenFor: "any",
    audit: "node.join",
    body: { type: JSON_TYPE, schema: JoinIncident, description: "The node's name" },
    answer: json(201, Joined, "The incident and the node's token"),
    async handle({ c, deps }) {
      const { store, clock } = deps;
      const { id: code, role, incident } = principalOf(c);
      if (role !== "join" || incident === null) {
        const detail = `Cannot join: the token's role is "${role}", must be a code's, "join"`;
        throw new Problem(403, "role_insufficient", detail);
      }
      const { node } = await readJson(c, JoinIncident, clock);
      const { filter, closedMs } = await visibleIncident(deps, incident);
      if (closedMs !== null) {
        const detail = "Cannot join: the incident is closed, must be an open one";
        throw new Problem(409, "incident_closed", detail);
      }
      const minted = await mintToken(store, clock, {
        ...{ role: "probe", incident, expiresInSeconds: NODE_TOKEN_SECONDS },
        ...{ code, node, from: c.env?.peer ?? null },
      });
      if (minted === "full") throw tokensFull();
      if (minted === "code-gone") throw codeGone();
      if (minted === "code-full") throw codeFull();
      c.set("subject", minted.id);
      const expiresAt = new Date(minted.expiresMs!).toISOString();
      return c.json({ incident, filter, token: minted.token, expiresAt } satisfies Joined, 201);
    },
  },
  {
    method: "get",
    operationId: "listNodes",
    path: "/v1/incidents/{id}/nodes",
    summary: "List the nodes that joined with a code, and the codes",
    role: "viewer",
    audit: "node.list",
    answer: json(200, NodeList, "The nodes and codes"),
    async handle({ c, id, deps }) {
      await visibleIncident(deps, id);
      const tokens = await deps.store.listTokens(id);
      const nodes = tokens.flatMap(({ id, code, node, from, createdMs }) =>
        code == null ? [] : [{
          ...{ node: node ?? "", from: from ?? null, code, token: id },
          joinedAt: new Date(createdMs).toISOString(),
        }]
      );
      const codes = tokens.filter(({ role }) => role === "join").map((code) => ({
        id: code.id,
        expiresAt: new Date(code.expiresMs ?? code.createdMs).toISOString(),
        nodesMax: code.nodesMax ?? 0,
        joined: nodes.filter((node) => node.code === code.id).length,
      }));
      return c.json({ codes, nodes } satisfies NodeList);
    },
  },
];

function codeGone(): Problem {
  const detail = "Cannot join: the code was closed, must be an open one";
  return new Problem(409, "code_closed", detail);
}

function codeFull(): Problem {
  const detail = "Cannot join: the code admitted as many nodes as it may, must be another";
  return new Problem(409, "code_full", detail);
}
