/** Marks of packets: what a rule asks of them, and whether a packet without any may have it. */
import type { MarkTest, Where } from "./rule.ts";

/** True where the test holds for a packet that nothing has marked. */
const holdsUnmarked = ({ value, is }: MarkTest) => (value === 0) === is;

/** The tests that must hold: the rule's own, and the opposite of those by which packets left before. */
function testsOf({ marks = [], unless = [] }: Where): MarkTest[] {
  const left = unless.filter(isOfMarkAlone).flatMap(({ marks = [] }) => marks);
  return [...marks, ...left.map((test) => ({ ...test, is: !test.is }))];
}

/** One test of the mark, and nothing else: else it is not told which of them kept a packet there. */
function isOfMarkAlone(where: Where): boolean {
  const asked = Object.entries(where).filter(([, value]) => value !== undefined);
  return where.marks?.length === 1 && asked.length === 1;
}

/** Bits of which one must have been set for a packet to come here; 0 where none need be. */
export function bitsNeeded(where: Where): number {
  const tests = testsOf(where).filter((test) => !holdsUnmarked(test));
  return tests.reduce((bits, { mask, value }) => (bits | (value === 0 ? mask : value)) >>> 0, 0);
}
