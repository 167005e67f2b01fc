/** Sessions on fakes of bpftrace: a real kernel's state, invented packets. */
import { type Capability, readCapability } from "../../src/probe/kernel/capability.ts";
import { NFT } from "./nft_layout.ts";
import { PROBED_FUNCTIONS } from "../../src/probe/kernel/functions.ts";
import type { ProbeBatch } from "../../src/probe/ship/batcher.ts";
import { type Session, type SessionOptions, startSession } from "../../src/probe/session/mod.ts";
import { findNetns } from "../../src/probe/state/mod.ts";

export const fakeBpftrace = (name: string) => new URL(`bpftrace/${name}`, import.meta.url).pathname;

export interface FakeSession {
  session: Session;
  batches: ProbeBatch[];
  progress: string[];
  /** Events of all batches so far. */
  events(): string[];
  /** Resolves when the batches so far satisfy it; looks at each that comes. */
  until(satisfied: () => boolean): Promise<void>;
}

/** All tracepoints, and kprobes below, are there: it does not matter what kernel the test runs on. */
const TRACEPOINTS = [
  ...["net:netif_receive_skb", "net:net_dev_start_xmit", "skb:kfree_skb", "skb:consume_skb"],
  ...["skb:skb_copy_datagram_iovec", "fib:fib_table_lookup", "fib6:fib6_table_lookup"],
  ...["neigh:neigh_timer_handler", "neigh:neigh_update", "icmp:icmp_send", "tcp:tcp_send_reset"],
];

/** This machine's, with all that scripts attach to. */
export const fakeCapability = async (): Promise<Capability> => ({
  ...await readCapability(),
  bpftrace: "0.17.0",
  tracepoints: new Set(TRACEPOINTS),
  kprobes: true,
  functions: new Set(PROBED_FUNCTIONS),
  nft: NFT,
  ...{ tables: { xtTableName: 56 }, kernel: "6.12.0" },
  raw: false,
});

/** A node `here` made of this process's own namespace, traced by the fake of that name. */
export async function startFakeSession(
  fake: string,
  options: Partial<SessionOptions> = {},
): Promise<FakeSession> {
  const own = await findNetns("/proc/self/ns/net");
  Deno.env.set("NETNS", String(own.inode));
  const batches: ProbeBatch[] = [];
  const progress: string[] = [];
  let look = () => {};
  const session = await startSession({
    nodes: [{ name: "here", netns: [own], all: false }],
    filter: "",
    incident: "test",
    onBatch(batch) {
      batches.push(batch);
      look();
    },
    onProgress: (text) => progress.push(text),
    bpftrace: fakeBpftrace(fake),
    capability: await fakeCapability(),
    ...options,
  });
  return {
    session,
    batches,
    progress,
    events: () => batches.flatMap(({ lines }) => lines).filter((line) => !line.startsWith("{")),
    until: (satisfied) =>
      new Promise((resolve) => {
        look = () => satisfied() && resolve();
        look();
      }),
  };
}
