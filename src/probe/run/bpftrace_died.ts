/** The end of a bpftrace that nobody asked to end. */
import { LasthopError } from "../../event/error.ts";

/** How a bpftrace ended, as far as its parent was told. */
export interface BpftraceEnd {
  /** Undefined when a signal ended it. */
  exitStatus?: number;
  /** Name of the signal that ended it: `SIGKILL`. */
  signal?: string;
  /** The last lines of its stderr, without what it prints on every good run; "" for none. */
  said: string;
  /** It was ended for taking more than its share: which bound, by how much, how to raise it. */
  bound?: string;
}

/** bpftrace ended by itself. Callers decide by `end`; the message is for people. */
export class BpftraceDied extends LasthopError {
  constructor(readonly end: BpftraceEnd) {
    const { exitStatus, signal, said, bound } = end;
    if (bound !== undefined) {
      super("share_exceeded", `Cannot go on tracing: ${bound}`);
      return;
    }
    const how = signal ? `killed by ${signal}` : `exit status ${exitStatus ?? "unknown"}`;
    super(
      "bpftrace_died",
      `Cannot go on tracing: bpftrace ended by itself (${how})${
        said ? `, saying: ${said}` : ""
      }; ` +
        "must run until the trace ends (lasthop doctor tells what this machine can do)",
    );
  }

  /** It detached in order, as after Ctrl-C. */
  get isOrderly(): boolean {
    return this.end.exitStatus === 0 && this.end.bound === undefined;
  }

  /** It ended itself, because it or the kernel refused the program; it was not killed. */
  get isRefusal(): boolean {
    return this.end.signal === undefined && this.end.bound === undefined;
  }
}
