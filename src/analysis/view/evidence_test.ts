/** ICMP errors by what they quote. */
import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { Asides, errorsAbout, type Quotable } from "./evidence.ts";
import type { NodeView, Sighting } from "./timeline.ts";

const node = { name: "a" } as NodeView;
const port = fc.constantFrom(undefined, 7, 80);
const error = fc.record({
  quotedSource: fc.constantFrom(undefined, "10.0.0.1", "10.0.0.2"),
  quotedDestination: fc.constantFrom("10.0.0.3", "10.0.0.4"),
  quotedProtocol: fc.constantFrom(undefined, 1, 6, 17, 58),
  quotedSourcePort: port,
  quotedDestinationPort: port,
});
const form = fc.record({
  source: fc.constantFrom("10.0.0.1", "10.0.0.2"),
  destination: fc.constantFrom("10.0.0.3", "10.0.0.4"),
  protocol: fc.constantFrom(1, 6, 17, 58),
  sourcePort: port,
  destinationPort: port,
});

/** What an error does not quote does not speak against it. */
const isAbout = (error: Sighting) => (form: Quotable): boolean =>
  error.quotedSource === form.source && error.quotedDestination === form.destination &&
  [
    [error.quotedProtocol, form.protocol],
    [error.quotedSourcePort, form.sourcePort],
    [error.quotedDestinationPort, form.destinationPort],
  ].every(([quoted, own]) => quoted === undefined || quoted === own);

Deno.test("errors about a form are all that quote nothing else than it has", () => {
  fc.assert(
    fc.property(fc.array(error), fc.array(form, { maxLength: 3 }), (errors, forms) => {
      const all = errors.map((quoted, at): Sighting =>
        ({ ...quoted, node, at, cpu: 0, kind: "device-rx", timeNs: BigInt(at) }) as Sighting
      );
      const evidence = new Asides();
      evidence.add(all);
      deepEqual(
        errorsAbout(evidence, forms).map(({ at }) => at),
        all.filter((error) => forms.some(isAbout(error))).map(({ at }) => at),
      );
    }),
    { numRuns: 2_000 },
  );
});
