import { deepStrictEqual as same, match, ok } from "node:assert";
import type { Diagnosis } from "../../probe/doctor/doctor.ts";
import { renderDiagnosis } from "./diagnosis.ts";

const machine = { kernel: "6.1.0", bpftrace: "0.17.0", cpus: 2 };

const diagnosis: Diagnosis = {
  canTrace: true,
  obstacle: null,
  attachMs: 940,
  checks: [
    { id: "drop", state: "yes", what: "Packets the kernel drops", scripts: ["drop"] },
    {
      id: "tunnel",
      state: "unknown",
      what: "Packets inside VXLAN, Geneve, GRE and IP-in-IP tunnels",
      scripts: ["device_rx", "device_tx"],
      note: "the inside and the outside are told apart by the ports that the tunnels here have",
    },
  ],
  fixes: [{ why: "Only root may trace a kernel", command: "sudo ./lasthop doctor" }],
};

Deno.test("doctor fits into 80 columns", () => {
  const lines = renderDiagnosis(machine, diagnosis, { width: 80, colour: false }).split("\n");
  same(lines.filter((line) => line.length > 80), []);
  match(lines[0]!, /Linux 6.1.0, bpftrace 0.17.0, 2 processors/);
  ok(lines.includes("  yes    Packets the kernel drops  drop"));
  ok(lines.includes("This machine can trace. Tried: attached in 0.9 s."));
  ok(lines.includes("  sudo ./lasthop doctor"));
});

Deno.test("doctor colours the answer, and only where colours are wanted", () => {
  ok(renderDiagnosis(machine, diagnosis, { width: 80, colour: true }).includes("\x1b[32myes"));
  ok(!renderDiagnosis(machine, diagnosis, { width: 80, colour: false }).includes("\x1b"));
});

Deno.test("doctor says what stands in the way, in place of the verdict", () => {
  const text = renderDiagnosis({ ...machine, bpftrace: null }, {
    ...diagnosis,
    canTrace: false,
    attachMs: null,
    obstacle: { code: "bpftrace_missing", message: "Cannot trace: bpftrace is not installed" },
  }, { width: 80, colour: false });
  match(text, /no bpftrace/);
  match(text, /\nCannot trace: bpftrace is not installed\n/);
  ok(!text.includes("can trace."));
});
