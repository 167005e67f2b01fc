/** Operations on tokens: made by operators, shown once, revoked at any time. */
import { z } from "zod";
import { visibleIncident } from "../access/named_incident.ts";
import { mintToken } from "../access/tokens.ts";
import { Problem } from "../http/problem.ts";
import { readJson } from "../http/read_json.ts";
import { type Ask, json, JSON_TYPE, type Operation } from "./operation.ts";
import { role, time } from "./schema_parts.ts";

const YEAR_SECONDS = 366 * 24 * 3600;

/** Body of a making. */
export const CreateToken = z.strictObject({
  role,
  expiresInSeconds: z.number().int().min(1).max(YEAR_SECONDS).optional(),
});

/** A token without its secret. */
export const ShownToken = z.object({
  id: z.string(),
  role,
  /** null: every incident. */
  incident: z.string().nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
});

/** A token with its secret: once, when it is made. */
export const MintedToken = ShownToken.extend({ token: z.string() });

/** A token with its secret: once, when it is made. */
export type MintedToken = z.infer<typeof MintedToken>;

/** Answer of a listing. */
export const TokenList = z.object({ tokens: z.array(ShownToken) });

const iso = (ms: number | null) => ms === null ? null : new Date(ms).toISOString();

/** The incident that the tokens are for; null: all of them. */
async function incidentOf({ id, deps }: Ask): Promise<string | null> {
  return id === "" ? null : (await visibleIncident(deps, id)).id;
}

/** The same for one incident and, without an incident in the path, for all. */
const tokenOperations = (base: string, whose: string): Operation[] => [
  {
    method: "post",
    path: `${base}/tokens`,
    summary: `Make a token for ${whose}; it is shown once`,
    role: "operator",
    audit: "token.create",
    body: { type: JSON_TYPE, schema: CreateToken, description: "Role and lifetime" },
    answer: json(201, MintedToken, "The token"),
    async handle(ask) {
      const { c, deps: { store, clock } } = ask;
      const incident = await incidentOf(ask);
      const { role, expiresInSeconds = null } = await readJson(c, CreateToken, clock);
      const minted = await mintToken(store, clock, { role, incident, expiresInSeconds });
      if (minted === "full") {
        const detail = "Cannot create token: there are as many as allowed, one must be deleted";
        throw new Problem(409, "tokens_full", detail);
      }
      c.set("subject", minted.id);
      const { createdMs, expiresMs, ...rest } = minted;
      return c.json({ ...rest, createdAt: iso(createdMs), expiresAt: iso(expiresMs) }, 201);
    },
  },
  {
    method: "get",
    path: `${base}/tokens`,
    summary: `List the tokens for ${whose}`,
    role: "operator",
    audit: "token.list",
    answer: json(200, TokenList, "The tokens, without their secrets"),
    async handle(ask) {
      const tokens = await ask.deps.store.listTokens(await incidentOf(ask));
      return ask.c.json({
        tokens: tokens.map(({ id, role, incident, createdMs, expiresMs }) => ({
          id,
          role,
          incident,
          createdAt: iso(createdMs),
          expiresAt: iso(expiresMs),
        })),
      });
    },
  },
  {
    method: "delete",
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
  ...tokenOperations("/v1/incidents/{id}", "one incident"),
  ...tokenOperations("/v1", "all incidents"),
];
