import { deepEqual, equal } from "node:assert/strict";
import { readJunit } from "./junit.ts";

const xml = `<testsuites name="deno test" tests="5">
  <testsuite name="./src/a_test.ts" tests="5">
    <testcase name="x &lt; y &amp; z" classname="./src/a_test.ts" time="0.250" line="1"></testcase>
    <testcase name="parent" classname="c" time="1.5" line="2">
      <failure message="short">long&#10;text</failure>
    </testcase>
    <testcase name="parent &gt; child" classname="c" time="1.0" line="2"></testcase>
    <testcase name="needs root" classname="c" time="0.000" line="3"><skipped/></testcase>
    <testcase name="left out" classname="c" line="4"><skipped/></testcase>
    <testcase name="cut off" classname="c" time="0" line="4"><error message="Cancelled"/></testcase>
  </testsuite>
</testsuites>`;

Deno.test("readJunit counts steps, keeps skipped ones, leaves out what --filter left out", () => {
  const { files, results } = readJunit(xml);
  deepEqual([...files], ["src/a_test.ts"]);
  deepEqual(results.map(({ name, state, step }) => [name, state, step]), [
    ["x < y & z", "passed", false],
    ["parent", "failed", false],
    ["parent > child", "passed", true],
    ["needs root", "skipped", false],
    ["cut off", "failed", false],
  ]);
});

Deno.test("readJunit gives a failure's text, or its message when there is none", () => {
  const { results } = readJunit(xml);
  equal(results[1]?.detail, "long\ntext");
  equal(results[4]?.detail, "Cancelled");
  equal(results[0]?.seconds, 0.25);
});
