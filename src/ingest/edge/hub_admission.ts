/**
 * Admission inside an incident's hub. What all incidents together may send is counted by the
 * directory, which is told once a second and says how long to wait.
 */
import { Admission, type Load, type Wait } from "../intake/admission.ts";
import { Speakers } from "../intake/speakers.ts";
import type { Clock } from "../clock.ts";
import type { Limits } from "../limits.ts";
import type { CommitBatch } from "./parts.ts";

const TELL_MS = 1_000;

/** Admission of one incident: its own limits, and what the directory says of all. */
export class HubAdmission {
  #own: Admission;
  #speakers: Speakers;
  #untold: Load = { events: 0, bytes: 0 };
  #toldMs = -Infinity;
  /** When a load was last told as it came. */
  #cameMs = -Infinity;
  #accountUntilMs = 0;

  constructor(
    limits: Limits,
    readonly clock: Clock,
    /** Tells the directory what came, and hears for how many seconds nothing more may. */
    readonly tell: (load: Load) => Promise<number>,
  ) {
    const account = { accountEventsPerSecond: Infinity, accountBytesPerSecond: Infinity };
    this.#speakers = new Speakers(clock);
    this.#own = new Admission({ ...limits, ...account }, clock);
  }

  async incidentWait(): Promise<Wait | null> {
    if (this.clock.monotonicMs() - this.#toldMs >= TELL_MS) await this.#tell();
    const leftMs = this.#accountUntilMs - this.clock.monotonicMs();
    if (leftMs > 0) return { scope: "account", seconds: Math.ceil(leftMs / 1000) };
    return this.#own.incidentWait("");
  }

  /** The probes that must wait, and how long. */
  probesWaiting(): [probe: string, wait: Wait][] {
    return this.#own.probesWaiting("");
  }

  /** How long a probe with nothing to tell may be silent, ms. */
  get quietMs(): number {
    return this.#speakers.quietMs("");
  }

  /** Counts a batch that was acknowledged. */
  charge({ header, probe, sizes }: CommitBatch): void {
    const load = loadOf(header, sizes);
    this.#speakers.note("", probe);
    this.#own.charge("", probe, load);
    this.#untold.events += load.events;
    this.#untold.bytes += load.bytes;
  }

  /** Tells the directory what came, when it was not told for a while. */
  async tellSometimes(): Promise<void> {
    if (this.clock.monotonicMs() - this.#cameMs < TELL_MS) return;
    this.#cameMs = this.clock.monotonicMs();
    await this.#tell();
  }

  async #tell(): Promise<void> {
    this.#toldMs = this.clock.monotonicMs();
    const told = this.#untold;
    this.#untold = { events: 0, bytes: 0 };
    try {
      const seconds = await this.tell(told);
      this.#accountUntilMs = this.clock.monotonicMs() + seconds * 1000;
    } catch {
      // Without the directory the limits of the incident still hold.
    }
  }
}

/** What a batch weighs. */
function loadOf(header: string, sizes: CommitBatch["sizes"]): Load {
  const sum = (of: (size: CommitBatch["sizes"][number]) => number) =>
    sizes.reduce((total, size) => total + of(size), 0);
  return {
    events: sum(({ tier, lines }) => tier === "state" ? 0 : lines),
    bytes: header.length + sum(({ chars }) => chars),
  };
}
