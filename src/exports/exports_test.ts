import { deepEqual, equal, match, ok } from "node:assert/strict";
import { JsonLogsSerializer } from "@opentelemetry/otlp-transformer";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { lexer, type Token } from "marked";
import { Report } from "../event/report.ts";
import { exported, EXPORTS } from "./mod.ts";

const read = (name: string): Report =>
  Report.parse(JSON.parse(
    Deno.readTextFileSync(new URL(`../cli/render/fixture/${name}.json`, import.meta.url)),
  ));

const report = read("changes");

/** The same with every text from outside replaced by one that would like to be more. */
function hostile(text: string): Report {
  const plain = structuredClone(report);
  const [problem] = plain.problems;
  plain.incident = text;
  problem!.lastHop.device = text;
  problem!.cause!.sentence = text;
  problem!.cause!.evidence[0]!.text = text;
  problem!.actions = [text];
  for (const flow of plain.flows) for (const hop of flow.path) hop.netns = text;
  for (const change of plain.changes) change.what = text;
  for (const node of plain.nodes) {
    node.kernel = text;
    node.name = text;
    node.gaps = [text];
  }
  return plain;
}

const HOSTILE = [
  "`` ``` ```` <script>alert(1)</script> ]]> &lt; \u0000\u001b[2J",
  "[x](http://evil.example) ![y](z) | a | b | @everyone #12 **bold** https://evil.example",
  "- item",
  "  > quote",
  "1. one",
  "=====",
  "__init__ _a_ a_b snake_case_name",
  "\n# heading\n\n```\n<img src=x onerror=alert(1)>\n- item",
];

Deno.test("every export has a name of its own and writes the same report as the same text", () => {
  equal(new Set(EXPORTS.map(({ format }) => format)).size, EXPORTS.length);
  for (const { write } of EXPORTS) equal(write(report), write(structuredClone(report)));
});

Deno.test("where no node has reported, an export for people says so", () => {
  const empty = { ...report, nodes: [], problems: [], flows: [], exchanges: [], changes: [] };
  match(exported(empty, "md"), /## Coverage\n\nNo node has reported yet\.\n$/);
  match(exported(empty, "html"), /<h2>Coverage<\/h2>\n<p>No node has reported yet\.<\/p>/);
});

Deno.test("an export for people says which node was not watched to the end", () => {
  const [node] = report.nodes;
  const { endedAt: _, ...goes } = node!;
  const ended = { ...node!, name: "left", endedAt: "2026-11-26T19:04:35.120Z" };
  const text = exported({ ...report, nodes: [goes, ended] }, "md");
  match(text, /^- left: .* none lost, its probe ended 19:04:35\.120$/m);
  equal(text.split("its probe ended").length, 2);
});

Deno.test("the JSON export is the report", () => {
  deepEqual(JSON.parse(exported(report, "json")), report);
});

Deno.test("Markdown tells the problem, its path, what changed and what was watched", async () => {
  const text = exported(report, "md");
  const golden = new URL("golden/changes.md.txt", import.meta.url);
  if (Deno.env.get("UPDATE") === "1") await Deno.writeTextFile(golden, text);
  equal(text, await Deno.readTextFile(golden));
});

function* tokens(list: readonly Token[]): Iterable<Token> {
  for (const token of list) {
    yield token;
    const { tokens: inner = [], items = [] } = token as { tokens?: Token[]; items?: Token[] };
    yield* tokens([...inner, ...items]);
  }
}

Deno.test("text from outside is only text in Markdown", () => {
  const kinds = (some: Report) =>
    [...tokens(lexer(exported(some, "md")))].map(({ type }) => type)
      .filter((type) => !["text", "escape", "space"].includes(type));
  const usual = kinds(hostile("name"));
  for (const text of HOSTILE) {
    deepEqual(kinds(hostile(text)), usual, text);
    ok(
      !/(^|[^&])#12|@everyone|:\/\/evil/.test(
        exported(hostile(text), "md").replaceAll(/(`{3,})[^]*?\n\1/g, ""),
      ),
    );
  }
});

Deno.test("JUnit's XML is whole, and counts what is wrong", () => {
  for (const some of [report, ...HOSTILE.map(hostile)]) {
    const text = exported(some, "junit");
    equal(XMLValidator.validate(text), true, text);
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(text);
    // Its one problem is healed.
    equal(testsuites["@_failures"], "0");
    equal(testsuites.testsuite["@_failures"], "0");
  }
  const active = structuredClone(report);
  active.problems[0]!.state = "active";
  const { testsuites } = new XMLParser({ ignoreAttributes: false })
    .parse(exported(active, "junit"));
  equal(testsuites["@_failures"], "1");
  const cases = [testsuites.testsuite.testcase].flat();
  deepEqual(cases.flatMap((one) => one.failure?.["@_type"] ?? []), ["netfilter-drop"]);
  active.problems[0]!.severity = "unknown";
  ok(/failures="0" errors="0" skipped="1"/.test(exported(active, "junit")));
});

Deno.test("OTLP's logs are what OpenTelemetry's own serializer writes of the same records", () => {
  const [resource] = JSON.parse(exported(report, "otlp")).resourceLogs;
  const [{ scope, logRecords }] = resource.scopeLogs;
  equal(logRecords.length, report.problems.length);
  type Value = { key: string; value: { stringValue?: string; intValue?: string } };
  const plain = (list: Value[]) =>
    Object.fromEntries(
      list.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
    );
  const time = (nano: string) => [Number(nano.slice(0, -9)), Number(nano.slice(-9))];
  // deno-lint-ignore no-explicit-any
  const records = logRecords.map((record: any) => ({
    hrTime: time(record.timeUnixNano),
    hrTimeObserved: time(record.observedTimeUnixNano),
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    body: record.body.stringValue,
    attributes: plain(record.attributes),
    droppedAttributesCount: 0,
    resource: { attributes: plain(resource.resource.attributes), merge: () => null },
    instrumentationScope: scope,
  }));
  const bytes = JsonLogsSerializer.serializeRequest(records as never)!;
  const theirs = JSON.parse(new TextDecoder().decode(bytes)).resourceLogs[0];
  const withoutCounts = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, one) => {
      if (/^dropped|^schemaUrl$/.test(key)) return undefined;
      return key === "intValue" ? Number(one) : one;
    }));
  deepEqual(withoutCounts(resource), withoutCounts(theirs));
});
