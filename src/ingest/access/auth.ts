/** Who may do what. Roles: probe writes batches, viewer reads, operator does everything. */
import type { Context, MiddlewareHandler } from "hono";
import { parseAddress } from "../../event/filter/address.ts";
import type { Deps, Env } from "../deps.ts";
import { whyNotLoopback } from "./loopback.ts";
import { whyNotOwnUser } from "./peer_user.ts";
import { Problem } from "../http/problem.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { Role, Store } from "../stores/store.ts";
import { checkToken, type Principal, type TokenCheck } from "./tokens.ts";

/** Where a code is exchanged for a token. */
export const JOIN_PATH = "/v1/join";

/** Where a token that is for one incident only is likely kept. */
const INCIDENT_PATH = /^\/v1\/incidents\/([A-Za-z0-9][A-Za-z0-9._-]{0,127})(?:\/|$)/;

/** What finds out who asks. */
export type GuardDeps = Pick<Deps, "auth" | "store" | "clock"> & Required<Pick<Deps, "entry">>;

/** Where batches go: their token is asked for together with all else that they need. */
const BATCHES_PATH = /^\/v1\/incidents\/[^/]+\/(?:batches|state)$/;

/**
 * Finds out who asks, and slows down who asks too often. Runs before every `/v1` route. Rejects with
 * Problem `rate_limited`, or with the one that says why a token is not taken.
 */
export function authenticate(
  deps: GuardDeps,
  rateLimit: RateLimit,
  /** Of addresses that try codes which are none. */
  guesses: RateLimit,
): MiddlewareHandler<Env> {
  return async (c, next) => {
    const principal = await whoAsks(c, deps);
    const peer = `peer ${networkOf(c.env?.peer ?? "")}`;
    const isGuess = principal instanceof Problem && c.req.path === JOIN_PATH;
    const waitSeconds = isGuess
      ? guesses.take(peer)
      : rateLimit.take(principal instanceof Problem ? peer : principal.id);
    if (waitSeconds > 0) {
      const detail = `Cannot serve request: too many, must wait ${waitSeconds} s`;
      throw new Problem(429, "rate_limited", detail, {
        headers: { "retry-after": String(waitSeconds) },
      });
    }
    if (principal instanceof Problem) throw principal;
    c.set("principal", principal);
    await next();
  };
}

/** An IPv4 address as it is; of IPv6 the 64 bits of its network, in which one machine has all addresses. */
export function networkOf(peer: string): string {
  const address = parseAddress(peer.replace(/%.*$/, ""));
  if (address === null || address.version === 4) return peer;
  const mapped = address.bits >> 32n === 0xffffn;
  return mapped ? String(address.bits) : `${address.bits >> 64n}/64`;
}

/** Who asks. Throws Error where a route was added that does not run after `authenticate`. */
export function principalOf(c: Context<Env>): Principal {
  const principal = c.get("principal");
  if (principal === undefined) throw new Error("Cannot tell who asks: the route is not guarded");
  return principal;
}

async function whoAsks(c: Context<Env>, deps: GuardDeps): Promise<Principal | Problem> {
  const { auth, clock } = deps;
  const header = c.req.header("authorization");
  if (header === undefined) {
    const why = auth.allowLoopbackWithoutToken
      ? whyNotLoopback(c.env?.peer, c.req.raw.headers) ?? whyNotOwnUser(c.env?.ends)
      : undefined;
    if (why === null) return { id: "loopback", role: "operator", incident: null };
    const because = why === undefined ? "" : ` (${why})`;
    return unauthenticated("token_missing", `no Authorization header${because}, must be a token`);
  }
  const token = /^bearer +(\S+) *$/i.exec(header)?.[1];
  if (token === undefined) {
    return unauthenticated("token_malformed", `Authorization must be "Bearer" and a token`);
  }
  const near = INCIDENT_PATH.exec(c.req.path)?.[1];
  const checked = await checkToken(token, auth.rootToken, tokensFor(c, deps), clock, near);
  if (checked !== "unknown" && "expired" in checked) c.set("expired", checked.expired);
  return whoseToken(checked, c.req.path === JOIN_PATH);
}

/** Whose a token is, or why it is not taken. */
export function whoseToken(checked: TokenCheck, joins = false): Principal | Problem {
  // Where nobody joins a code is told from a guess by nothing: tries would cost less there.
  const isCode = checked !== "unknown" && "role" in checked && checked.role === "join";
  if (checked === "unknown" || (isCode && !joins)) {
    const why = "the token is not known here, or is a code to join with, must be one made here";
    return unauthenticated("token_wrong", why);
  }
  if ("role" in checked) return checked;
  return unauthenticated("token_expired", "the token has expired, must be a newer one");
}

/** Where tokens are looked up: for batches, the answer has what else their handler would ask. */
function tokensFor(c: Context<Env>, { store, entry }: GuardDeps): Pick<Store, "getToken"> {
  if (c.req.method !== "POST" || !BATCHES_PATH.test(c.req.path)) return store;
  return {
    async getToken(id, near) {
      if (near === undefined) return await store.getToken(id);
      const entered = await entry.enter(near, [id]);
      c.set("entry", entered);
      return entered.tokens.get(id) ?? null;
    },
  };
}

function unauthenticated(code: string, why: string): Problem {
  return new Problem(401, code, `Cannot tell who asks: ${why}`, {
    headers: { "www-authenticate": "Bearer" },
  });
}

/**
 * Who asks, when they have this role, or are an operator, for this incident (null: for all). Throws
 * Problem `role_insufficient` or `token_other_incident`, whether or not the incident exists.
 */
export function requireRole(c: Context<Env>, role: Role, incident: string | null): Principal {
  const principal = principalOf(c);
  const why = whyNotAllowed(principal, role, incident);
  if (why !== null) throw why;
  return principal;
}

/** Why somebody can't do what takes this role, for this incident (null: for all); null when they can. */
export function whyNotAllowed(
  principal: Principal,
  role: Role,
  incident: string | null,
): Problem | null {
  if (principal.role !== role && principal.role !== "operator") {
    const detail = `Cannot do this: the token's role is "${principal.role}", must be "${role}"`;
    return new Problem(403, "role_insufficient", detail);
  }
  if (principal.incident === null || principal.incident === incident) return null;
  const should = incident === null ? "must be one for all incidents" : "must be one for this one";
  const detail = `Cannot do this: the token is for another incident, ${should}`;
  return new Problem(403, "token_other_incident", detail);
}
