import { deepEqual, equal, match } from "node:assert/strict";
import { CommanderError } from "commander";
import { LasthopError } from "../event/error.ts";
import { failureOf } from "./failure.ts";

Deno.test("failureOf tells an expected failure in one line that cannot steer a terminal", () => {
  const error = new LasthopError("x", "Cannot read:\n\x1b[31mdevice\x9b2J", 3);
  deepEqual(failureOf(error), { exitCode: 3, text: "Cannot read: [31mdevice 2J" });
});

Deno.test("failureOf turns commander's words into ours, usage exits 2", () => {
  const unknown = "error: unknown command 'trce'\n(Did you mean trace?)";
  deepEqual(failureOf(new CommanderError(1, "commander.unknownCommand", unknown)), {
    exitCode: 2,
    text: 'Unknown command "trce", did you mean "trace"?',
  });
});

Deno.test("failureOf says nothing after help, which is success only when asked for", () => {
  deepEqual(failureOf(new CommanderError(0, "commander.helpDisplayed", "(outputHelp)")), {
    exitCode: 0,
  });
  deepEqual(failureOf(new CommanderError(1, "commander.help", "(outputHelp)")), { exitCode: 2 });
});

Deno.test("failureOf keeps the stack of what nobody foresaw", () => {
  const { exitCode, text = "" } = failureOf(new TypeError("x is undefined"));
  equal(exitCode, 1);
  match(text, /TypeError: x is undefined\n\s+at /);
});
