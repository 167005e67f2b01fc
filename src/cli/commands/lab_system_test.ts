import { deepEqual, equal, match } from "node:assert/strict";
import { type LabIncident, listIncidents } from "../../lab/mod.ts";
import { lasthop } from "../asking/testing.ts";
import { lookOf } from "../render/mod.ts";
import { listed } from "./lab.ts";

Deno.test("lab list names every incident, and fits 40 columns", () => {
  const incidents = listIncidents();
  const lines = listed(incidents, lookOf({ width: 40, colour: false }));
  const heads = lines.filter((line) => !line.startsWith(" "));
  deepEqual(heads.map((line) => line.split(" ")[0]), incidents.map(({ id }) => id));
});

Deno.test("lab list --json is what programs read, and needs no root", async () => {
  const { code, stdout } = await lasthop(["lab", "list", "--json"]);
  equal(code, 0);
  deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(listIncidents())));
});

Deno.test("lab --ovs is of the incidents that have bridges of Open vSwitch", async () => {
  const { code, stderr } = await lasthop(["lab", "run", "I4", "--ovs"]);
  equal(code, 2);
  match(stderr, /Cannot find lab: "I4-ovs" is no incident, must be one of .*I1-ovs, I2-ovs/);
  const { stdout } = await lasthop(["lab", "list", "i2", "--ovs", "--json"]);
  deepEqual(JSON.parse(stdout).map(({ id, openvswitch }: LabIncident) => [id, openvswitch]), [
    ["I2-ovs", true],
  ]);
});

Deno.test("lab refuses an incident that there is none of, and names those there are", async () => {
  for (const action of ["list", "up", "down", "run"]) {
    const { code, stderr } = await lasthop(["lab", action, "I9"]);
    equal(code, 2);
    match(stderr, /Cannot find lab: "I9" is no incident, must be one of I1, I2, I2-inside, I3, I4/);
  }
});
