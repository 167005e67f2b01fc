/** Filters of all devices: those of tc, and the BPF programs that only bpftool lists. */
import { z } from "zod";
import type { TrafficControlFilter } from "../../event/state.ts";
import { clip, type Gaps } from "./bounds.ts";
import { failure, jsonRows } from "./section_rows.ts";
import type { Sections } from "./sections.ts";
import { filters } from "./traffic_control.ts";

/** tcx came with 6.6, netkit with 6.7. */
const TCX_SINCE = [6, 6] as const;

/**
 * Filters of all sections `filter DEVICE WHERE` (tc of iproute2 6.1 to 7.x) and of `bpf-net`
 * (bpftool).
 */
export function readFilters(sections: Sections, gaps: Gaps): TrafficControlFilter[] {
  if (sections.has("filters-cut")) gaps.add("filters", "cut: only the first 200 devices asked");
  const rows = [...sections.values()].flatMap((section) => {
    const [word, device, where] = section.name.split(" ");
    if (word !== "filter" || device === undefined || where === undefined) return [];
    if (section.status !== 0) gaps.add(`filters of ${device} ${where}`, failure(section));
    return filters(section.stdout, device, where);
  });
  if (sections.has("bpf-net")) return [...rows, ...attachedPrograms(sections, gaps)];
  if (hasTcx(sections.get("clock")?.stdout ?? "")) {
    gaps.add("tcx and netkit programs", "bpftool is not installed, and tc does not list them");
  }
  return rows;
}

const Attached = z.object({
  devname: z.string(),
  kind: z.string(),
  name: z.string().optional(),
  prog_id: z.number().optional(),
});
const Shown = z.object({ tc: z.array(z.unknown()) });

/** Of `bpftool -j net show` only what tc's own listing lacks. */
function attachedPrograms(sections: Sections, gaps: Gaps): TrafficControlFilter[] {
  const what = "tcx and netkit programs";
  const shown = jsonRows(sections.get("bpf-net"), what, gaps).flatMap((row) =>
    Shown.safeParse(row).data?.tc ?? []
  );
  return shown.flatMap((row) => {
    const one = Attached.safeParse(row).data;
    const [kind = "", where = ""] = one?.kind.split("/") ?? [];
    if (!one || (kind !== "tcx" && kind !== "netkit")) return [];
    return [{
      device: clip(one.devname, 255),
      where: clip(where, 255),
      kind,
      text: clip(`${one.kind} ${one.name ?? ""} prog_id ${one.prog_id ?? "?"}`, 4000),
      actions: [{ kind: "bpf", control: "direct-action" }],
    }];
  });
}

function hasTcx(clock: string): boolean {
  const [, major = 0, minor = 0] = /^release (\d+)\.(\d+)/m.exec(clock)?.map(Number) ?? [];
  return major > TCX_SINCE[0] || (major === TCX_SINCE[0] && minor >= TCX_SINCE[1]);
}
