/** What is asked before a body, by one question to the incident's hub, which also counts what came. */
import type { Entry, EntryPort } from "../intake/entry.ts";
import type { DurableStore } from "./durable_store.ts";

/** Asks the hub of each incident. */
export class EdgeEntry implements EntryPort {
  constructor(readonly store: DurableStore) {}

  async enter(incident: string, ids: readonly string[]): Promise<Entry> {
    const { tokens, isVisible, wait, probes, quietMs } = await this.store.enter(incident, ids);
    const found = new Map(tokens.map((token) => [token.id, token]));
    // One for all incidents is in the directory, and so is where one of another incident is.
    const others = ids.filter((id) => !found.has(id)).map((id) => this.store.getToken(id));
    for (const token of await Promise.all(others)) if (token !== null) found.set(token.id, token);
    const waits = new Map(probes);
    const probeWait = (probe: string) => waits.get(probe) ?? null;
    return { tokens: found, isVisible, wait, probeWait, quietMs };
  }

  charge(): void {}
}
