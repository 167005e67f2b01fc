/** Reads single chains and sets of nft's rules: listing one costs what it has, not what there is. */
import { execa } from "execa";
import { Gaps } from "./bounds.ts";
import { partKey, type RulesPart } from "./changed_rules.ts";
import { savedTables } from "./iptables.ts";
import { readNftables } from "./netfilter.ts";
import type { Netfilter } from "./nft_json.ts";
import { asOwnTool } from "./own_tools.ts";
import type { ReadPart, Way } from "./rules_patch.ts";
import { type Section, type Sections, splitSections } from "./sections.ts";
import { processorMs } from "./tool_times.ts";

/** `$1` is the KiB of memory of each tool; four words follow for each part: how it is read, and its name. */
const SCRIPT = String.raw`
M=$LASTHOP_MARK
unset LASTHOP_MARK
ulimit -c 0; ulimit -d "$1"; shift
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
s() {
  printf '\n%s %s\n' "$M" "$1"; printf '\n%s %s\n' "$M" "$1" >&2
  shift; "$@"; printf '\n%s = %s\n' "$M" $? >&2
}
n=0
while [ $# -ge 4 ]; do
  case $1,$2 in
    gone,*) ;;
    iptables,ip) s "saved $n" iptables-nft -t "$3" -S "$4";;
    iptables,ip6) s "saved $n" ip6tables-nft -t "$3" -S "$4";;
    *) s "json $n" nft -j list "$1" "$2" "$3" "$4"
      [ "$1" != chain ] || s "text $n" nft -a list "$1" "$2" "$3" "$4";;
  esac
  shift 4; n=$((n+1))
done
s times times
`;
/** Bytes that all of them may print. */
const BYTES_MAX = 8 * 1024 * 1024;

const TIMEOUT_MS = 5_000;
const MEMORY_BYTES = 256 * 1024 * 1024;

/** What reading may take. */
export interface PartsOptions {
  /** 5,000 where absent. */
  timeoutMs?: number | undefined;
  /** Bytes of memory that each tool may have for itself; 256 MiB where absent. */
  memoryBytes?: number | undefined;
}

/** Parts as they were read, each of them or none: `read` is null then. */
export interface PartsReading {
  read: ReadPart[] | null;
  /** Milliseconds of processor time of the tools; absent where they did not come to an end. */
  toolsMs: number | undefined;
}

const NOTHING: Netfilter = { chains: [], rules: [], sets: [] };

/** Reads these parts, each in its way, in the namespace at `path`. */
export async function readParts(
  path: string,
  parts: readonly { part: RulesPart; way: Way }[],
  { timeoutMs = TIMEOUT_MS, memoryBytes = MEMORY_BYTES }: PartsOptions,
): Promise<PartsReading> {
  const mark = `lasthop-${crypto.randomUUID()}`;
  const child = execa("timeout", [
    ...["--signal", "KILL", String(timeoutMs / 1000)],
    ...["nsenter", `--net=${path}`, "sh", "-c", SCRIPT, "sh"],
    String(Math.floor(memoryBytes / 1024)),
    ...parts.flatMap(({ part: { family, table, name }, way }) => [way, family, table, name]),
  ], {
    env: { LASTHOP_MARK: mark },
    stdin: "ignore",
    // execa's own cleanup raises a signal a second time under Deno.
    cleanup: false,
    reject: false,
    maxBuffer: BYTES_MAX,
    stripFinalNewline: false,
  });
  const { stdout, stderr } = await asOwnTool(child);
  const sections = splitSections(mark, stdout ?? "", stderr ?? "");
  const read: ReadPart[] = [];
  for (const [i, { part, way }] of parts.entries()) {
    const now = way === "gone" ? NOTHING : partOf(part, sections, i);
    if (now !== null) read.push({ part, now });
  }
  const toolsMs = processorMs(sections.get("times")?.stdout ?? "");
  return { read: read.length === parts.length ? read : null, toolsMs };
}

/** Null where a tool failed, or told of something else. */
function partOf(part: RulesPart, sections: Sections, i: number): Netfilter | null {
  const own = (what: string): Section | null | undefined => {
    const section = sections.get(`${what} ${i}`);
    return section === undefined || section.status === 0 ? section : null;
  };
  const [saved, json, text] = ["saved", "json", "text"].map(own);
  if (saved === null || json === null || text === null) return null;
  if (saved) {
    const { rules } = savedTables(
      `*${part.table}\n${saved.stdout}`,
      part.family as "ip" | "ip6",
      "iptables",
    );
    const isThere = new RegExp(`^-[NP] ${RegExp.escape(part.name)}( |$)`, "m").test(saved.stdout);
    const { family, table, name } = part;
    return isThere ? { chains: [{ family, table, name, backend: "nft" }], rules, sets: [] } : null;
  }
  const gaps = new Gaps();
  const found = readNftables(
    new Map([
      ...(json ? [["nft-json", json] as const] : []),
      ...(text ? [["nft-text", text] as const] : []),
    ]),
    gaps,
  );
  const rows = part.kind === "set" ? found.sets : found.chains;
  const isOnly = rows.length > 0 &&
    rows.every(({ family, table, name }) =>
      partKey({ kind: part.kind, family, table, name }) === partKey(part)
    );
  return isOnly && gaps.rows.length === 0 ? found : null;
}
