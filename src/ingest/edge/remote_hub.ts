/**
 * The hub port over an incident's object. `stored`, `changed` and `deleted` do nothing here: the object
 * is also the store, so it knows.
 */
import { DIFFERENCES_ACCEPT } from "../../event/sse.ts";
import type { HubFigures } from "../http/metrics.ts";
import type { HubPort, Watching } from "../live/hub_port.ts";
import { directoryOf, type EdgeEnv, hubOf } from "./bindings.ts";

/** Asks the hub of each incident. */
export class RemoteHub implements HubPort {
  constructor(readonly env: EdgeEnv) {}

  stored(): void {}
  changed(): void {}
  deleted(): void {}

  reportJson(incident: string): Promise<string | null> {
    return hubOf(this.env, incident).reportJson();
  }

  async live(
    incident: string,
    cursor: string | null,
    signal: () => AbortSignal,
    { isBrief = false }: Watching = {},
  ) {
    const headers = new Headers(isBrief ? { accept: DIFFERENCES_ACCEPT } : {});
    if (cursor !== null) headers.set("last-event-id", cursor);
    const request = new Request("https://hub/live", { headers, signal: signal() });
    const response = await hubOf(this.env, incident).fetch(request);
    return response.ok ? response.body : null;
  }

  /** Of all incidents together. */
  async readFigures(): Promise<HubFigures> {
    const ids = await directoryOf(this.env).ids();
    const all = await Promise.all(ids.map((id) => hubOf(this.env, id).readFigures()));
    const sum = (key: keyof HubFigures) => all.reduce((total, each) => total + each[key], 0);
    return {
      viewers: sum("viewers"),
      missed: sum("missed"),
      heldBytes: sum("heldBytes"),
      cutOff: sum("cutOff"),
      computations: sum("computations"),
      computedMs: sum("computedMs"),
    };
  }
}
