/** Operations on tokens: made by operators, shown once, revoked at any time. */
import { z } from "zod";
import { visibleIncident } from "../access/named_incident.ts";
import { mintToken, type WantedToken } from "../access/tokens.ts";
import {
  CODE_NODES,
  CODE_NODES_MAX,
  CODE_SECONDS,
  CODE_SECONDS_MAX,
  TOKEN_SECONDS_MAX,
} from "../token_bounds.ts";
import { Problem } from "../http/problem.ts";
import { readJson } from "../http/read_json.ts";
import { type Ask, json, JSON_TYPE, type Operation } from "./operation.ts";
import { count, role, time } from "./schema_parts.ts";

/** Body of a making. */
export const CreateToken = z.strictObject({
  role,
  expiresInSeconds: z.number().int().min(1).max(TOKEN_SECONDS_MAX).optional(),
  /** Of a code: how many nodes it admits; default: 32. */
  nodesMax: z.number().int().min(1).max(CODE_NODES_MAX).optional(),
});

/** A token without its secret. */
export const ShownToken = z.object({
  id: z.string(),
  role,
  /** null: every incident. */
  incident: z.string().nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
  /** Of a code: how many nodes it admits. */
  nodesMax: count.optional(),
  /** Of a token that a node got with a code: the code's id, and the name the node gave itself. */
  code: z.string().optional(),
  node: z.string().optional(),
});

/** A token with its secret: once, when it is made. */
export const MintedToken = ShownToken.extend({ token: z.string() });

/** A token with its secret: once, when it is made. */
export type MintedToken = z.infer<typeof MintedToken>;

/** Answer of a listing. */
export const TokenList = z.object({ tokens: z.array(ShownToken) });

/** Answer of a listing. */
export type TokenList = z.infer<typeof TokenList>;

const iso = (ms: number | null) => ms === null ? null : new Date(ms).toISOString();

/** Throws Problem `body_invalid` where a code is for all incidents, too long-lived, or what is none has its bound. */
function tokenWanted(asked: z.infer<typeof CreateToken>, incident: string | null): WantedToken {
  const { role, expiresInSeconds = null, nodesMax } = asked;
  const invalid = (why: string) => new Problem(400, "body_invalid", `Cannot create token: ${why}`);
  if (role !== "join") {
    if (nodesMax === undefined) return { role, incident, expiresInSeconds };
    throw invalid(`"nodesMax" is of a token of role "${role}", must be of role "join"`);
  }
  if (incident === null) throw invalid(`role "join" is for all incidents, must be for one`);
  if ((expiresInSeconds ?? 0) > CODE_SECONDS_MAX) {
    throw invalid(`role "join" is for too long, must be for ${CODE_SECONDS_MAX} s at most`);
  }
  const seconds = expiresInSeconds ?? CODE_SECONDS;
  return { role, incident, expiresInSeconds: seconds, nodesMax: nodesMax ?? CODE_NODES };
}

/** There are as many tokens as one incident may have. */
export function tokensFull(): Problem {
  const detail = "Cannot create token: there are as many as allowed, one must be deleted";
  return new Problem(409, "tokens_full", detail);
}

/** The incident that the tokens are for; null: all of them. */
async function incidentOf({ id, deps }: Ask): Promise<string | null> {
  return id === "" ? null : (await visibleIncident(deps, id)).id;
}

interface TokenIds {
  create: string;
  list: string;
  revoke: string;
}

/** The same for one incident and, without an incident in the path, for all. */
const tokenOperations = (base: string, whose: string, ids: TokenIds): Operation[] => [
  {
    method: "post",
    operationId: ids.create,
    path: `${base}/tokens`,
    summary: `Make a token for ${whose}; it is shown once`,
    role: "operator",
    audit: "token.create",
    body: { type: JSON_TYPE, schema: CreateToken, description: "Role and lifetime" },
    answer: json(201, MintedToken, "The token"),
    async handle(ask) {
      const { c, deps: { store, clock } } = ask;
      const incident = await incidentOf(ask);
      const wanted = tokenWanted(await readJson(c, CreateToken, clock), incident);
      const minted = await mintToken(store, clock, wanted);
      if (typeof minted === "string") throw tokensFull();
      c.set("subject", minted.id);
      const { createdMs, expiresMs, ...rest } = minted;
      const { nodesMax } = wanted;
      const times = { createdAt: iso(createdMs), expiresAt: iso(expiresMs) };
      return c.json({ ...rest, ...times, nodesMax }, 201);
    },
  },
  {
    method: "get",
    operationId: ids.list,
    path: `${base}/tokens`,
    summary: `List the tokens for ${whose}`,
    role: "operator",
    audit: "token.list",
    answer: json(200, TokenList, "The tokens, without their secrets"),
    async handle(ask) {
      const tokens = await ask.deps.store.listTokens(await incidentOf(ask));
      return ask.c.json({
        tokens: tokens.map((token) => ({
          id: token.id,
          role: token.role,
          incident: token.incident,
          createdAt: iso(token.createdMs),
          expiresAt: iso(token.expiresMs),
          nodesMax: token.nodesMax ?? undefined,
          code: token.code ?? undefined,
          node: token.node ?? undefined,
        })),
      });
    },
  },
  {
    method: "delete",
    operationId: ids.revoke,
    path: `${base}/tokens/{token}`,
    summary: "Revoke a token, at once",
    role: "operator",
    audit: "token.revoke",
    answer: { status: 204, description: "Revoked" },
    async handle(ask) {
      const { c, deps: { store } } = ask;
      const incident = await incidentOf(ask);
      const token = c.req.param("token")!;
      if (await store.deleteToken(incident, token)) {
        c.set("subject", token);
        return c.body(null, 204);
      }
      const detail = "Cannot delete token: there is none with this id, must be one that was made";
      throw new Problem(404, "token_missing", detail);
    },
  },
];

/** Tokens for one incident, and tokens for all. */
export const TOKEN_OPERATIONS: readonly Operation[] = [
  ...tokenOperations("/v1/incidents/{id}", "one incident", {
    create: "createIncidentToken",
    list: "listIncidentTokens",
    revoke: "revokeIncidentToken",
  }),
  ...tokenOperations("/v1", "all incidents", {
    create: "createToken",
    list: "listTokens",
    revoke: "revokeToken",
  }),
];
