/** One socket sends so many packets that its IP ids come again, and all die in one way or another. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { startLasthop } from "../../../test/fake/lasthop.ts";
import { withWire } from "../../../test/fake/network.ts";
import { type Flow, Report, type ReportNode } from "../../event/report.ts";

/** More than the 65,536 that an IP id has room for. */
const PACKETS = 72_000;
/**
 * Numbers that the sender counts to between two packets: slower, until the tracer keeps up with it. A
 * machine that is busy with other tests loses events of a sender that does nothing else, and says so.
 */
const PACES = [0, 100];
/** So many the receiver's netfilter lets pass, to a port that nothing listens on, before it drops. */
const PASSED = 64_000;

Deno.test("[C10] more packets of one socket than there are IP ids are each counted", async () => {
  for (const pace of PACES) if (await countsAll(pace)) return;
});

/**
 * Sends and counts; false when the tracer lost events, or the kernel left out runs of scripts, and so it
 * did not see all: then no more packets are missing than that.
 */
async function countsAll(pace: number): Promise<boolean> {
  let sawAll = false;
  await withWire("lhps-c10-", async ({ a, b, inside }) => {
    const chain = "add chain ip t pre { type filter hook prerouting priority -300; }";
    const limit = `limit rate over 1/day burst ${PASSED} packets`;
    const rules = ["counter", `${limit} counter drop`]
      .map((rule) => `add rule ip t pre udp dport 999 ${rule}`);
    for (const line of ["add table ip t", chain, ...rules]) await inside(b, ["nft", line]);
    const nodes = ["--node", `a=${a}`, "--node", `b=${b}`];
    const trace = await startLasthop(
      [
        "trace",
        "--json",
        "--no-listen",
        "--events-per-second",
        "10000000",
        ...nodes,
        "udp dst port 999",
      ],
    );
    await trace.ready();
    // A write fails where an ICMP error about an earlier packet has come: it sends nothing.
    const count = `for ((j = 0; j < ${pace}; j++)); do :; done`;
    const send = `for ((i = 0; i < ${PACKETS}; i++)); do echo x >&3; ${count}; done 2>/dev/null`;
    await inside(a, ["bash", "-c", `exec 3<>/dev/udp/10.77.0.2/999; ${send}; true`]);
    const { stdout } = await trace.end();
    const { nodes: told, flows } = Report.parse(JSON.parse(stdout));
    const read = await inside(b, ["nft", "list", "table", "ip", "t"]);
    const [sent, refused] = [...read.matchAll(/counter packets (\d+)/g)].map(([, n]) => Number(n));
    ok(sent! > 65_536 && refused! > 0, read);
    const missing = unseenBy(told);
    const [{ packets: { seen, dropped } }] = flows as [Flow];
    ok(seen <= sent! && dropped <= seen, `${dropped} of ${seen} dropped, and ${sent} were sent`);
    ok(dropped + missing >= sent!, `${dropped} of ${sent} dropped, and ${missing} not seen`);
    equal(flows.length, 1);
    sawAll = missing === 0;
  });
  return sawAll;
}

/** Events that were lost and runs that were left out, which both nodes of this kernel tell. */
const unseenBy = (nodes: readonly ReportNode[]): number =>
  Math.max(
    ...nodes.map(({ lost, gaps = [] }) =>
      gaps.reduce((all, gap) => all + Number(/left out (\d+) runs/.exec(gap)?.[1] ?? 0), lost)
    ),
  );
