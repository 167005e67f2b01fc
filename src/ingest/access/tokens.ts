/** Bearer tokens: `lh.<id>.<secret>`. Only the SHA-256 of the secret is ever stored. */
import type { Clock } from "../clock.ts";
import type { Role, Store, StoredToken, TokenCreated } from "../stores/store.ts";
import { randomText } from "./random_text.ts";

/** Who a request comes from. `incident` null: all of them. */
export interface Principal {
  id: string;
  role: Role;
  incident: string | null;
}

/** A token that was just made. */
export interface MintedToken {
  id: string;
  role: Role;
  incident: string | null;
  createdMs: number;
  expiresMs: number | null;
  /** Shown once, here. */
  token: string;
}

/** What a token is to be; the last four as `StoredToken` has them. */
export interface WantedToken extends Pick<StoredToken, "nodesMax" | "code" | "node" | "from"> {
  role: Role;
  incident: string | null;
  expiresInSeconds: number | null;
}

/** Makes and stores a token, or says why there may be none. */
export async function mintToken(
  store: Store,
  clock: Clock,
  wanted: WantedToken,
): Promise<MintedToken | Exclude<TokenCreated, "created">> {
  const id = randomText(9);
  const secret = randomText(32);
  const createdMs = clock.wallMs();
  const { role, incident, expiresInSeconds, ...more } = wanted;
  const expiresMs = expiresInSeconds === null ? null : createdMs + expiresInSeconds * 1000;
  const hash = hex(await sha256(secret));
  const token = { id, incident, role, hash, createdMs, expiresMs, ...more };
  const stored = await store.createToken(token);
  if (stored !== "created") return stored;
  return { id, role, incident, createdMs, expiresMs, token: `lh.${id}.${secret}` };
}

/** Whose a token is; `unknown`: nobody's; `expired`: whose it was. */
export type TokenCheck = Principal | "unknown" | { expired: Principal };

/** Takes as long for a wrong secret as for a right one. */
export async function checkToken(
  token: string,
  rootToken: string | undefined,
  store: Pick<Store, "getToken">,
  clock: Clock,
  /** The incident that is asked about. */
  near?: string,
): Promise<TokenCheck> {
  if (rootToken !== undefined && equal(await sha256(token), await sha256(rootToken))) {
    return { id: "root", role: "operator", incident: null };
  }
  const [prefix, id, secret] = token.split(".");
  if (prefix !== "lh" || id === undefined || secret === undefined) return "unknown";
  const stored = await store.getToken(id, near);
  const matches = equal(await sha256(secret), unhex(stored?.hash ?? ""));
  if (stored === null || !matches) return "unknown";
  const principal = { id: stored.id, role: stored.role, incident: stored.incident };
  const expired = stored.expiresMs !== null && stored.expiresMs <= clock.wallMs();
  return expired ? { expired: principal } : principal;
}

/** Whether one who was let in before still would be. Who has no stored token always is. */
export async function isStillGood(who: Principal, store: Store, clock: Clock): Promise<boolean> {
  if (who.id === "root" || who.id === "loopback") return true;
  const stored = await store.getToken(who.id);
  return stored !== null && (stored.expiresMs === null || stored.expiresMs > clock.wallMs());
}

/** SHA-256 of the text as UTF-8: 32 bytes. */
export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** Compares in a time that depends on the lengths only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ (b[i] ?? 0);
  return difference === 0;
}

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

const unhex = (text: string) =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
