/** Flows of a report by their ids. */
import type { Flow, Report } from "../../event/report.ts";

/** Keeps the report that was last asked: who wants one flow of it often wants the next. */
export class FlowLookup {
  #parsed: { json: string; flows: Map<string, Flow> } | null = null;

  /** The flow with this id of the report `json`. `onRead` is told when that must be read anew. */
  find(json: string, id: string, onRead: () => void): Flow | undefined {
    if (this.#parsed?.json !== json) {
      onRead();
      const { flows } = JSON.parse(json) as Report;
      this.#parsed = { json, flows: new Map(flows.map((flow) => [flow.id, flow])) };
    }
    return this.#parsed.flows.get(id);
  }
}
