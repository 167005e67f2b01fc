/** `lasthop doctor`: what this machine can show, and what to do about the rest. */
import type { CommandFile } from "../command.ts";
import { jsonOption } from "../options.ts";

/** The options of `lasthop doctor`. */
export interface DoctorOptions {
  json: boolean;
}

/** The command. */
export const doctor: CommandFile<[{ json?: boolean }], DoctorOptions> = {
  declare: (program) =>
    program.command("doctor")
      .description(
        "what this kernel and bpftrace can and cannot show, and what to do about it",
      )
      .addOption(jsonOption()),

  read: ({ json = false }) => ({ json }),

  async run({ json }) {
    const { obstacleOf, readCapability } = await import("../../probe/kernel/capability.ts");
    const { diagnose } = await import("../../probe/doctor/doctor.ts");
    const { readDropReasons } = await import("../../probe/kernel/reasons.ts");
    const { openvswitchHere } = await import("../../probe/openvswitch/asked_here.ts");
    const { readSurroundings } = await import("../../probe/doctor/surroundings.ts");
    const { expectScripts, tryAttaching } = await import("../../probe/doctor/trial.ts");
    const { renderDiagnosis } = await import("../render/diagnosis.ts");
    const { terminalOptions } = await import("../render/mod.ts");
    const [capability, reasons, surroundings, openvswitch] = await Promise.all([
      readCapability(),
      readDropReasons(),
      readSurroundings(Deno.osRelease()),
      openvswitchHere(),
    ]);
    const trial = obstacleOf(capability) === null
      ? await tryAttaching(capability)
      : { scripts: await expectScripts(capability), attachMs: null, failure: null };
    const diagnosis = diagnose({
      ...{ capability, surroundings, trial, reasons: reasons.known },
      ...(openvswitch === undefined ? {} : { openvswitch }),
    });
    const { kernel, bpftrace } = capability;
    console.log(
      json
        ? JSON.stringify({ version: 1, kernel, bpftrace, ...diagnosis }, null, 2)
        : renderDiagnosis(capability, diagnosis, terminalOptions()),
    );
    return diagnosis.canTrace ? 0 : 1;
  },
};
