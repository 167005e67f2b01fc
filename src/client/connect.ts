/** Which ingest a program talks to. */
import { createClient, type IngestClient } from "../ingest/client/client.ts";
import { OpenIncident } from "./open_incident.ts";

/** Which ingest, and as whom. */
export interface ConnectOptions {
  /** `http://127.0.0.1:8080`; a path in front of `/v1` is kept. */
  url: string;
  /** An operator's, to open incidents. Absent: the ingest trusts its own machine. */
  token?: string | undefined;
  /** Default: the runtime's. */
  fetch?: typeof fetch;
}

/** What of an incident is chosen when it is opened. */
export interface WantedIncident {
  /** Default: made up. */
  id?: string;
  title?: string;
  /** What its report is about; default: what its probes are asked for. */
  filter?: string;
}

/** An ingest that a program talks to. */
export interface Lasthop {
  /** Opens an incident; probes may join it from now on. */
  open(wanted?: WantedIncident): Promise<OpenIncident>;
  /** One that is open already, by its id. */
  incident(id: string): OpenIncident;
  /** Every call of the API. */
  api: IngestClient;
}

/** Nothing is sent before something is asked; calls throw what `createClient` says. */
export function connect(options: ConnectOptions): Lasthop {
  const api = createClient(options);
  return {
    api,
    open: async (wanted = {}) => new OpenIncident(api, (await api.createIncident(wanted)).id),
    incident: (id) => new OpenIncident(api, id),
  };
}
