/** Reports as values, of their JSON. */
import type { Flow, Report } from "../../event/report.ts";

interface Read {
  json: string;
  report: Report;
  /** Made when the first flow is asked for. */
  flows?: Map<string, Flow>;
}

/**
 * Keeps the report that was last asked for: who wants one flow of it often wants the next, and all who
 * wait for the same incident are told of the same change.
 */
export class ReadReports {
  #last: Read | null = null;

  /** The report. `onRead` is told when it must be read anew. Throws what `onRead` throws. */
  read(json: string, onRead: () => void): Report {
    return this.#read(json, onRead).report;
  }

  /** The flow with this id; else as `read`. */
  flow(json: string, id: string, onRead: () => void): Flow | undefined {
    const read = this.#read(json, onRead);
    read.flows ??= new Map(read.report.flows.map((flow) => [flow.id, flow]));
    return read.flows.get(id);
  }

  #read(json: string, onRead: () => void): Read {
    if (this.#last?.json !== json) {
      onRead();
      this.#last = { json, report: JSON.parse(json) as Report };
    }
    return this.#last;
  }
}
