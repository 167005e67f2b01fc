/** What `lasthop serve` and `lasthop incident` are told. */
import type { LimitsOverride } from "../../ingest/limits.ts";
import type { WebhookSettings } from "../../ingest/notify/webhook.ts";
import type { Role } from "../../ingest/stores/store.ts";
import type { AccessWords } from "../../kube/access.ts";
import type { Access } from "../options.ts";
import type { ListenAddress } from "../read_value.ts";
import type { CodeBounds } from "./codes.ts";

/** The options of `lasthop serve`. */
export interface ServeOptions {
  listen: ListenAddress;
  /** Folder; absent: one of the system's. */
  data?: string;
  /** False only on loopback. */
  auth: boolean;
  token?: string;
  limits: LimitsOverride;
  /** Who is told of problems; absent: nobody. */
  webhook?: WebhookSettings | undefined;
  /** A collector that is sent them as logs; absent: none is. */
  otlp?: string | undefined;
  /** Other sites whose pages may use the API. */
  allowOrigins: string[];
  /** Absent: nobody is told how to join one. */
  incident?: string;
  /** Of that incident, when it is made; "": everything. */
  filter: string;
  /** Of the code that is told. */
  bounds: CodeBounds;
  /** Nodes that have no lasthop can have this one. */
  offersProbe: boolean;
  /** Where nodes and viewers reach it, when that is not where it listens. */
  url?: string;
  /** A cluster whose API tells all incidents names; absent: none is asked. */
  kube?: AccessWords | undefined;
  /** It ends when nobody writes to its standard input any more. */
  tether?: boolean;
}

/** What can be done, in the order of the help. */
export const ACTIONS = ["create", "list", "token", "nodes", "close", "delete"] as const;
/** What is to be done. */
export type Action = typeof ACTIONS[number];

/** The options of `lasthop incident`. */
export interface IncidentCommand extends Access {
  action: Action;
  /** Absent only for a list. */
  name?: string;
  /** Of an incident that is created; "": everything. */
  filter: string;
  /** Of the token that is made. */
  role: Role;
  expiresInSeconds?: number;
  /** Nodes that can join with the code. */
  nodesMax?: number;
  /** Id of the token that is to end. */
  revoke?: string;
  json: boolean;
}
