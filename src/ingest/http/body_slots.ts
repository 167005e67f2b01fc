/** How many bodies are read, or sent, at once: each of them takes memory. */
import { Problem } from "./problem.ts";

/** Slots for bodies that are being read or sent: in all, and of one token, so that others find some. */
export class BodySlots {
  /** Bodies under way, by token id. */
  #ofToken = new Map<string, number>();
  #inFlight = 0;

  constructor(
    readonly inFlightMax: number,
    readonly perTokenMax: number,
    readonly verb: "read" | "sent" = "read",
  ) {}

  /** Runs `read` in a slot. Rejects with Problem `busy` when none is free. */
  async hold<T>(token: string, read: () => Promise<T>): Promise<T> {
    const own = this.#ofToken.get(token) ?? 0;
    if (this.#inFlight >= this.inFlightMax || own >= this.perTokenMax) {
      const verb = this.verb === "read" ? "read" : "send";
      const detail = `Cannot ${verb} body: ${this.#inFlight} are being ${this.verb}, ` +
        `${own} of this token, ` +
        `must be at most ${this.inFlightMax} and ${this.perTokenMax}; wait 1 s`;
      throw new Problem(503, "busy", detail, { headers: { "retry-after": "1" } });
    }
    this.#inFlight += 1;
    this.#ofToken.set(token, own + 1);
    try {
      return await read();
    } finally {
      this.#inFlight -= 1;
      const left = this.#ofToken.get(token)! - 1;
      if (left === 0) this.#ofToken.delete(token);
      else this.#ofToken.set(token, left);
    }
  }
}
