import { deepEqual, equal, throws } from "node:assert/strict";
import { LIMIT_NAMES, readLimits } from "./limit_words.ts";
import { DEFAULT_LIMITS, limitsWith } from "./limits.ts";

Deno.test("limits as words change what they name and nothing else", () => {
  const words = ["closedKeepDays=30", "bytesTotalMax=4Gi", "burstSeconds=0.5", "burstSeconds=2"];
  deepEqual(limitsWith(readLimits(words)), {
    ...DEFAULT_LIMITS,
    closedKeepDays: 30,
    burstSeconds: 2,
    store: { ...DEFAULT_LIMITS.store, bytesTotalMax: 4 * 2 ** 30 },
  });
  deepEqual(limitsWith(readLimits([])), DEFAULT_LIMITS);
});

Deno.test("every limit can be named, and no two share a name", () => {
  equal(new Set(LIMIT_NAMES).size, LIMIT_NAMES.length);
  const { store, ...rest } = DEFAULT_LIMITS;
  equal(LIMIT_NAMES.length, Object.keys(store).length + Object.keys(rest).length);
  for (const name of LIMIT_NAMES) readLimits([`${name}=1`]);
});

Deno.test("a limit that is unknown, no number or nothing is refused in words", () => {
  throws(() => readLimits(["store=1"]), /"store=1" is not known, must be one of accountBytes/);
  for (const word of ["", "viewersMax", "viewersMax=", "viewersMax=-1", "viewersMax=1e9", "=1"]) {
    throws(() => readLimits([word]), { code: "usage", message: /is no NAME=NUMBER/ });
  }
  throws(() => readLimits(["viewersMax=0"]), /"viewersMax=0" leaves nothing, must be greater/);
  equal(readLimits(["reserveBytes=0"])!.store!.reserveBytes, 0);
});
