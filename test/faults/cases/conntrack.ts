/** No room for a new connection. */
import { type AnySpec, dropped, fault } from "../bench/spec.ts";
import { keepOpen } from "../bench/keep_open.ts";
import { untilReady, WRITE } from "../kernel/poller.ts";
import { Socket } from "../kernel/socket.ts";
import { type Routed, routed } from "../worlds/routed.ts";
import { server, tcp, udp } from "./talks.ts";

const limit = "/proc/sys/net/netfilter/nf_conntrack_max";

/** The limit is the machine's, each namespace counts for itself: few on this machine come near it. */
const room = 600;

/** Connections that stay: the table gives up others first, but not those. */
async function fill(w: Routed): Promise<void> {
  const before = await Deno.readTextFile(limit);
  keepOpen(w.topology, restoring(before.trim()));
  const open: Promise<boolean>[] = [];
  for (let i = 0; i < room + 1; i++) {
    const socket = Socket.create(w.client.at.name, 4, "tcp");
    keepOpen(w.topology, socket);
    socket.connect(w.server.four, 80);
    open.push(untilReady(socket.fd, WRITE, 3_000));
  }
  if ((await Promise.all(open)).includes(false)) throw new Error("Cannot fill the table");
  await Deno.writeTextFile(limit, String(room));
}

/** Puts the limit back, and so does a process of its own should this one be killed first. */
function restoring(before: string): { close(): void } {
  const script = `cat > /dev/null; echo ${before} > ${limit}`;
  const guard = new Deno.Command("setsid", { args: ["sh", "-c", script], stdin: "piped" }).spawn();
  return {
    close() {
      Deno.writeTextFileSync(limit, before);
      void guard.stdin.close();
    },
  };
}

const track = (w: Routed) =>
  w.router.nft(
    "table inet seen { chain c { type filter hook forward priority 0; ct state new counter; }; }",
  );

export const conntrack: AnySpec[] = [
  fault({
    id: "ct-table-full",
    code: "conntrack-table-full",
    world: routed(),
    setUp: (w) => void track(w),
    fault: { act: fill },
    servers: (w) => [
      server(w, "tcp", 80, { backlog: 1_000 }),
      server(w, "udp", 81),
    ],
    talks: (w) => [udp(w, 81), tcp(w, 80)],
    verdicts: (w) => [
      dropped([w.routerNode, w.left], "conntrack-table-full"),
      dropped([w.routerNode, w.left], "conntrack-table-full", { talk: 1 }),
    ],
  }),
];
