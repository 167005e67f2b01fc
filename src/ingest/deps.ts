/** What the app is given. Nothing in it knows where it runs. */
import type { NamedFilter } from "../event/filter/mod.ts";
import type { ToldPlace } from "../event/filter/told_places.ts";
import type { Entry, EntryPort } from "./intake/entry.ts";
import type { Clock } from "./clock.ts";
import type { HubPort } from "./live/hub_port.ts";
import type { Readings } from "./intake/reading.ts";
import type { Limits } from "./limits.ts";
import type { Store } from "./stores/store.ts";
import type { Ends } from "./access/peer_user.ts";
import type { Principal } from "./access/tokens.ts";

/** Who is let in. */
export interface AuthSettings {
  /** An operator token for all incidents; the only way in when there are no others. */
  rootToken?: string | undefined;
  /** Other sites whose pages may use the API, as `https://HOST[:PORT]`; default: none. */
  allowOrigins?: readonly string[] | undefined;
  /**
   * Requests without a token, from this machine itself and from the ingest's own user or root there,
   * are taken for an operator's.
   */
  allowLoopbackWithoutToken: boolean;
}

/** Path (`/page.js`) to content. `/index.html` is the page. */
export type WebAssets = Map<string, { body: Uint8Array | string; type: string }>;

/** What the app is given: its ports, its limits and its settings. */
export interface Deps {
  store: Store;
  clock: Clock;
  hub: HubPort;
  auth: AuthSettings;
  limits: Limits;
  /** Who reads bodies of batches; default: this thread. */
  readings?: Readings | undefined;
  /** Default: asked and counted here, in this process. */
  entry?: EntryPort | undefined;
  /** After so long a body is no longer counted as being read, where a request may end unseen. */
  bodyHeldMsMax?: number | undefined;
  webAssets?: WebAssets | undefined;
  /** Sends what it has for an incident, which takes nothing more afterwards; must resolve soon. */
  beforeClose?: ((incident: string) => Promise<void>) | undefined;
  /** What a cluster's API has for the names of a filter; null or absent: none is asked. */
  names?: ((filter: NamedFilter) => ToldPlace[] | null) | undefined;
  /** Told of failures inside, without any secret. */
  log?: ((line: string) => void) | undefined;
}

/**
 * Hono's types: `peer` is the address the request came from, `ends` both ends of its connection, when
 * the runtime tells.
 */
export interface Env {
  Bindings: { peer?: string; ends?: Ends };
  Variables: {
    principal?: Principal;
    /** Of batches whose token was looked up: what else is asked before they are read. */
    entry?: Entry;
    /** Whose token it was that has expired. */
    expired?: Principal;
    /** For the audit: the incident that was created, the token that was made or revoked. */
    created?: string;
    subject?: string;
  };
}
