import { deepEqual, equal, throws } from "node:assert/strict";
import * as read from "./read_value.ts";

function refuses(action: () => unknown, message: string): void {
  throws(action, { name: "LasthopError", code: "usage", exitCode: 2, message });
}

Deno.test("readSeconds takes fractions and units and refuses words, nothing, and more than a timer holds", () => {
  equal(read.readSeconds("0.5"), 0.5);
  equal(read.readSeconds("2000000"), 2_000_000);
  deepEqual(["10s", "5m", ".5h", "2d"].map((text) => read.readSeconds(text)), [
    10,
    300,
    1800,
    172_800,
  ]);
  const rule = "must be seconds greater than 0, or like 30s, 5m, 2h";
  refuses(() => read.readSeconds("abc"), `Cannot read --for: "abc" is not a time, ${rule}`);
  refuses(() => read.readSeconds("-1"), `Cannot read --for: "-1" is not a time, ${rule}`);
  refuses(() => read.readSeconds("0"), `Cannot read --for: "0" is no time at all, ${rule}`);
  refuses(
    () => read.readSeconds("2000001"),
    'Cannot read --for: "2000001" is too long, must be up to 2000000 s',
  );
});

Deno.test("readNode adds nodes one by one, and gives no namespace to two of them", () => {
  const first = read.readNode("a=left,middle");
  deepEqual(read.readNode("b=right", first), [
    { name: "a", netns: ["left", "middle"] },
    { name: "b", netns: ["right"] },
  ]);
  refuses(
    () => read.readNode("b=right,left", first),
    'Cannot read --node: namespace "left" belongs to "a" already, must be given once',
  );
  refuses(
    () => read.readNode("a=right", first),
    'Cannot read --node: name "a" belongs to "a" already, must be given once',
  );
});

Deno.test("readNode refuses a node without a name or with an empty namespace", () => {
  const rule = "must be NAME=NETNS[,NETNS…]";
  refuses(() => read.readNode("left"), `Cannot read --node: "left" names no node, ${rule}`);
  refuses(() => read.readNode("=left"), `Cannot read --node: "=left" names no node, ${rule}`);
  refuses(() => read.readNode("a=x,,y"), `Cannot read --node: "a=x,,y" lacks a namespace, ${rule}`);
  throws(() => read.readNode("../a=x"), /"\.\.\/a" is not a name/);
});

Deno.test("readListen takes an address, a port, or both, and refuses what is neither", () => {
  deepEqual(read.readListen("[::1]:0"), { hostname: "::1", port: 0, anyPortIfBusy: false });
  equal(read.readListen("localhost:4680").hostname, "localhost");
  throws(() => read.readListen("::1:4680"), /is not an address/);
  deepEqual(read.readListen("5302"), { hostname: "127.0.0.1", port: 5302, anyPortIfBusy: false });
  deepEqual(read.readListen("0.0.0.0"), { hostname: "0.0.0.0", port: 4680, anyPortIfBusy: false });
  equal(read.readListen("[::1]").hostname, "::1");
  throws(() => read.readListen(":5302"), /is not an address/);
  throws(() => read.readListen("65536"), /port 65536 is too large/);
  refuses(
    () => read.readListen("127.0.0.1:65536"),
    "Cannot read --listen: port 65536 is too large, must be 0 to 65535",
  );
});

Deno.test("isLoopback knows loopback from an address that only begins like it", () => {
  const isLoopback = (text: string) => read.isLoopback(read.readListen(text));
  deepEqual(["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"].filter(isLoopback).length, 4);
  deepEqual(["0.0.0.0:1", "[::]:1", "127.0.0.1.example.com:1"].filter(isLoopback), []);
});

Deno.test("readOutcomes takes several and names the one it does not know", () => {
  deepEqual(read.readOutcomes("dropped,vanished"), ["dropped", "vanished"]);
  throws(
    () => read.readOutcomes("dropped,lost"),
    /"lost" is not an outcome, must be one of dropped/,
  );
});

Deno.test("readUrl drops a trailing slash and refuses other schemes and passwords", () => {
  equal(read.readUrl("https://ingest.example/path/"), "https://ingest.example/path");
  throws(() => read.readUrl("ingest.example:4680"), /is not a URL/);
  throws(() => read.readUrl("http://u:secret@ingest.example"), (error: Error) => {
    return /holds a user or password/.test(error.message) && !error.message.includes("secret");
  });
});

Deno.test("readJoinLine takes URL#CODE whole, and says what is missing of it", () => {
  const code = "lh.aB3-_x.secret-_9";
  deepEqual(read.readJoinLine(`http://10.0.0.1:4680#${code}`), {
    ingest: "http://10.0.0.1:4680",
    code,
  });
  equal(read.readJoinLine(`https://host/path/#${code}`).ingest, "https://host/path");
  throws(
    () => read.readJoinLine("http://10.0.0.1:4680"),
    /it has no code, must be URL#CODE, whole/,
  );
  throws(() => read.readJoinLine("http://10.0.0.1:4680#lh.cut"), /what follows the # is no code/);
  throws(() => read.readJoinLine(`ftp://10.0.0.1#${code}`), /"ftp:\/\/10.0.0.1" is not a URL/);
  throws(() => read.readJoinLine(`http://user:pass@10.0.0.1#${code}`), /holds a user or password/);
});
