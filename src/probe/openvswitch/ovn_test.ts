/** Answers as ovsdb-server of OVN 25.03 gives them; real ones are in the fixtures of `ovn-acl`. */
import { deepEqual, equal } from "node:assert/strict";
import type { Control } from "./control.ts";
import { logicalFlows } from "./ovn.ts";

type Row = Record<string, unknown>;
interface Asked {
  table: string;
  where: [string, string, [string, string]][];
}

const FLOW = "0000a1b2-1111-4222-8333-444444444444";
const ACL = "c0ffee00-1111-4222-8333-444444444444";
const SWITCHES = ["10000000-1111-4222-8333-444444444444", "20000000-1111-4222-8333-444444444444"];

const id = (text: string) => ["uuid", text];
const map = (...pairs: [string, string][]) => ["map", pairs];

/** Tables by their names, rows by their ids. */
function database(tables: Record<string, Record<string, Row>>, asked: string[] = []): Control {
  const ask = (_method: string, [, ...questions]: [string, ...Asked[]]) => {
    asked.push(...questions.map(({ table }) => table));
    return Promise.resolve(questions.map(({ table, where }) => {
      const wanted = where[0]?.[2][1];
      const all = Object.entries(tables[table] ?? {});
      return {
        rows: all.filter(([key]) => wanted === undefined || key === wanted)
          .map(([key, row]) => ({ _uuid: id(key), ...row })),
      };
    }));
  };
  return { ask } as unknown as Control;
}

const southbound = (asked?: string[]) =>
  database({
    Logical_Flow: {
      [FLOW]: {
        logical_datapath: ["set", []],
        logical_dp_group: id("group"),
        match: 'outport == "b"',
        external_ids: map(["stage-name", "ls_out_acl_eval"], ["stage-hint", "c0ffee00"]),
      },
      "99999999-1111-4222-8333-444444444444": {},
    },
    Logical_DP_Group: { group: { datapaths: ["set", SWITCHES.map(id)] } },
    Datapath_Binding: {
      [SWITCHES[0]!]: { external_ids: map(["name", "sw0"]) },
      [SWITCHES[1]!]: { external_ids: map(["name", "sw1"], ["name2", "nicer"]) },
    },
  }, asked);

const northbound = () =>
  database({
    ACL: {
      [ACL]: {
        name: "deny",
        direction: "to-lport",
        priority: 1001,
        match: "icmp4",
        action: "drop",
      },
    },
  });

Deno.test("a cookie is the beginning of a logical flow's id, whose hint is that of an ACL's", async () => {
  const asked: string[] = [];
  const databases = { southbound: southbound(asked), northbound: northbound() };
  const found = await logicalFlows(databases, new Set(["0xa1b2", "0x7"]));
  deepEqual([...found], [["0xa1b2", {
    stage: "ls_out_acl_eval",
    match: 'outport == "b"',
    datapaths: ["sw0", "nicer"],
    acl: { name: "deny", direction: "to-lport", priority: 1001, match: "icmp4", action: "drop" },
  }]]);
  // Flows that nobody asked about are not read.
  equal(asked.filter((table) => table === "Logical_Flow").length, 2);
});

Deno.test("without the northbound database the logical flow is told all the same", async () => {
  const found = await logicalFlows(
    { southbound: southbound(), northbound: undefined },
    new Set(["0xa1b2"]),
  );
  equal(found.get("0xa1b2")?.stage, "ls_out_acl_eval");
  equal(found.get("0xa1b2")?.acl, undefined);
});
