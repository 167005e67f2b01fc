import { match, throws } from "node:assert/strict";
import { ALL, parseReportFilter } from "../../event/filter/mod.ts";
import { mayWriteCapture } from "./print_handed_on.ts";

Deno.test("a capture file is for a file or a pipe, and has all packets", () => {
  mayWriteCapture(ALL, false);
  throws(() => mayWriteCapture(ALL, true), (error: Error) => {
    match(error.message, /^Cannot write pcapng: stdout is a terminal, must be a file or a pipe/);
    return true;
  });
  throws(() => mayWriteCapture(parseReportFilter("tcp"), false), /must be left out: tshark -Y/);
});
