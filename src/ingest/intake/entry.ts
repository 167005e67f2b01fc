/**
 * What is asked before a body of batches is read, in one question: whose the tokens are, whether there
 * is such an incident, and who must wait. Where all of it is kept elsewhere, each question costs a way
 * there, and there is one of them for each body.
 */
import type { Store, StoredToken } from "../stores/store.ts";
import type { Clock } from "../clock.ts";
import type { AdmissionPort, Load, Wait } from "./admission.ts";
import { Speakers } from "./speakers.ts";

/** The answer for one body. */
export interface Entry {
  /** Those that were asked for by their ids, wherever they are kept; one that is not here is none. */
  tokens: ReadonlyMap<string, StoredToken>;
  /** False: there is no such incident, or it is being imported. */
  isVisible: boolean;
  /** How long a body for this incident must wait; null: it may come now. */
  wait: Wait | null;
  /** The same for the batches of one probe in it. */
  probeWait(probe: string): Wait | null;
  /** How long a probe with nothing to tell may be silent, ms; 0: it need not be. */
  quietMs: number;
}

/** Asks before a body, and is told what it weighed. */
export interface EntryPort {
  /** `tokens`: ids. */
  enter(incident: string, tokens: readonly string[]): Promise<Entry>;
  /** What came: it counts against the probe, the incident and the account. */
  charge(incident: string, probe: string, load: Load): void;
}

/** The port where store and admission are in this process. */
export class LocalEntry implements EntryPort {
  #speakers: Speakers;

  constructor(
    readonly store: Pick<Store, "getToken" | "getIncident">,
    readonly admission: AdmissionPort,
    clock: Clock,
  ) {
    this.#speakers = new Speakers(clock);
  }

  async enter(incident: string, ids: readonly string[]): Promise<Entry> {
    const found = await Promise.all(ids.map((id) => this.store.getToken(id, incident)));
    const tokens = found.filter((token) => token !== null);
    const known = await this.store.getIncident(incident);
    return {
      tokens: new Map(tokens.map((token) => [token.id, token])),
      isVisible: known !== null && !known.importing,
      wait: this.admission.incidentWait(incident),
      probeWait: (probe) => this.admission.probeWait(incident, probe),
      quietMs: this.#speakers.quietMs(incident),
    };
  }

  charge(incident: string, probe: string, load: Load): void {
    this.#speakers.note(incident, probe);
    this.admission.charge(incident, probe, load);
  }
}
