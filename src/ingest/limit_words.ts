/** Limits as words, `NAME=NUMBER`, for command lines and variables. The names are `limits.ts`'s. */
import { LasthopError } from "../event/error.ts";
import { DEFAULT_LIMITS, type LimitsOverride, limitsWith } from "./limits.ts";

const UNITS: Record<string, number> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
/** Where nothing means "not at all"; nowhere else could an ingest work with it. */
const MAY_BE_ZERO = new Set(["closedKeepDays", "reserveBytes"]);

const { store: STORE, ...REST } = DEFAULT_LIMITS;
/** Names of all limits, those of the store among them, sorted. */
export const LIMIT_NAMES: readonly string[] = [...Object.keys(REST), ...Object.keys(STORE)].sort();

/** Reads `NAME=NUMBER` words; the last of a name counts. Throws LasthopError `usage`. */
export function readLimits(words: Iterable<string>): LimitsOverride {
  const store: Record<string, number> = {};
  const rest: Record<string, number> = {};
  for (const word of words) {
    const [, name = "", digits, unit = ""] = /^(\w+)=(\d+(?:\.\d+)?)(Ki|Mi|Gi)?$/.exec(word) ?? [];
    if (digits === undefined) throw cannotRead(word, "is no NAME=NUMBER", "like bytesTotalMax=4Gi");
    if (!LIMIT_NAMES.includes(name)) {
      throw cannotRead(word, "is not known", `one of ${LIMIT_NAMES.join(", ")}`);
    }
    const value = Number(digits) * UNITS[unit]!;
    if (value === 0 && !MAY_BE_ZERO.has(name)) {
      throw cannotRead(word, "leaves nothing", "greater than 0");
    }
    (name in STORE ? store : rest)[name] = value;
  }
  const { store: _, ...others } = limitsWith(rest);
  return { ...others, store };
}

function cannotRead(word: string, is: string, must: string): LasthopError {
  return new LasthopError("usage", `Cannot read limit: "${word}" ${is}, must be ${must}`, 2);
}
