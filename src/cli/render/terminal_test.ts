import { equal } from "node:assert/strict";
import { askColour, terminalOptions } from "./terminal.ts";

Deno.test("--color goes before what the terminal and NO_COLOR say", () => {
  try {
    askColour("always");
    equal(terminalOptions().colour, true);
    askColour("never");
    equal(terminalOptions().colour, false);
  } finally {
    askColour("auto");
  }
});
