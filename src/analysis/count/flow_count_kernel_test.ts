/**
 * A few packets of busy flows are lost on a wire that nobody watches, and no drop tells of them: counts
 * name how many, between which devices and when, also while the flow goes on. A machine that is busy tells
 * less of it, which must be so: `test/counts/recorded_test.ts` has one that was not.
 */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { startLasthop } from "../../../test/fake/lasthop.ts";
import { readArchive } from "../../../test/kernels/bench/judged.ts";
import { Report } from "../../event/report.ts";
import type { Batch } from "../view/input.ts";
import {
  checkCounted,
  checkExact,
  flowTo,
  hasSeenAll,
  runsLeftOut,
  udpTruths,
} from "../../../test/counts/truth.ts";

/** Names of this run's namespaces: two nodes and the wire between them. */
const NAME = `lhcn-${Deno.pid}`;
const [A, WIRE, B] = ["a", "u", "b"].map((one) => `${NAME}-${one}`) as [string, string, string];

/** Packets that the wire loses, by port and number. */
const LOST = ["5001 3000", "5001 3001", "5001 3700", "5003 3000", "5003 3001"];

/**
 * The wire loses packets of UDP by the number in them, one more dies in the receiver, and the wire cuts
 * what TCP has put together.
 */
const BUILD = `
for n in ${A} ${WIRE} ${B}; do ip netns add $n; ip -n $n link set lo up; done
ip -n ${WIRE} link add br0 type bridge
i=1
for n in ${A} ${B}; do
  ip link add eth0 netns $n type veth peer name wire$i netns ${WIRE}
  ip -n $n address add 10.78.0.$i/24 dev eth0; ip -n $n address add fd78::$i/64 dev eth0 nodad
  ip -n $n link set eth0 up; ip -n ${WIRE} link set wire$i master br0 up
  i=$((i+1))
done
ip -n ${WIRE} link set wire2 gso_max_segs 1
ip -n ${WIRE} link set br0 up
ip netns exec ${WIRE} nft -f - <<'END'
table bridge t {
  chain f {
    type filter hook forward priority 0;
${LOST.map((one) => `    udp dport ${one.replace(" ", " @th,64,32 ")} counter drop`).join("\n")}
  }
}
END
ip netns exec ${B} nft 'table inet t { chain i { type filter hook input priority 0; udp dport 5003 @th,64,32 2000 drop; }; }'
ip netns exec ${A} ping -q -n -c 2 -i 0.2 -W 5 10.78.0.2 >/dev/null
ip netns exec ${A} ping -q -n -c 2 -i 0.2 -W 5 fd78::2 >/dev/null
`;

/**
 * Three flows of UDP, each packet with its number, to 5001 for ten seconds, to 5002 for five, of IPv6 to
 * 5003 for thirteen; or, where a word says so, one of TCP to 5004. It prints before and after when it sent
 * the packets that are lost, and how many it sent. What begins right after counting does may have been on
 * its way before.
 */
const SEND =
  `use Socket; use Socket qw(inet_pton pack_sockaddr_in6 AF_INET6); use Time::HiRes "time";
socket(U,AF_INET,SOCK_DGRAM,17); connect(U,sockaddr_in(5001,inet_aton("10.78.0.2"))) or die;
socket(V,AF_INET,SOCK_DGRAM,17); connect(V,sockaddr_in(5002,inet_aton("10.78.0.2"))) or die;
socket(W,AF_INET6,SOCK_DGRAM,17); connect(W,pack_sockaddr_in6(5003,inet_pton(AF_INET6,"fd78::2"))) or die;
socket(T,AF_INET,SOCK_STREAM,6); connect(T,sockaddr_in(5004,inet_aton("10.78.0.2"))) or die;
sub numbered { my($s,$p,$n)=@_; my $t=time; send($s,pack("N",$n).("x"x60),0);
  $lost{"$p $n"} and printf "lost $p %d %d\\n",$t*1000,time*1000+1 }
$lost{$_}=1 for (${LOST.map((one) => `"${one}"`).join(",")});
$|=1; $t=time+0.7; $i=$j=$k=$l=0;
while(($e=time-$t)<($ARGV[0] eq "tcp" ? 8 : 13)){
  if($ARGV[0] eq "tcp"){ if($e<2 && $l<$e*10){ syswrite(T,"x"x200000); $l++ } select(undef,undef,undef,0.002); next }
  while($e<10 && $i<$e*1500){ numbered(U,5001,$i++) }
  while($e<5 && $j<$e*500){ numbered(V,5002,$j++) }
  while($k<$e*1100){ numbered(W,5003,$k++) }
  select(undef,undef,undef,0.002);
}
print "sent 5001 $i\nsent 5002 $j\nsent 5003 $k\n"`;

const RECEIVE = `use Socket; use Socket qw(inet_pton pack_sockaddr_in6 AF_INET6); @s=();
for $p (5001,5002){ socket(my $s,AF_INET,SOCK_DGRAM,17); bind($s,sockaddr_in($p,INADDR_ANY)) or die; push @s,$s }
socket(my $s,AF_INET6,SOCK_DGRAM,17); bind($s,pack_sockaddr_in6(5003,inet_pton(AF_INET6,"fd78::2"))) or die;
push @s,$s; socket(L,AF_INET,SOCK_STREAM,6); bind(L,sockaddr_in(5004,INADDR_ANY)) or die; listen(L,1);
$|=1; print "ready\\n"; accept(my $c,L) or die; push @s,$c;
while(1){ $r=""; vec($r,fileno($_),1)=1 for @s; select($r,undef,undef,undef);
for(@s){ if(vec($r,fileno($_),1)){ $n=sysread($_,$b,1<<16); $n==0 and @s=grep{fileno($_)!=fileno($c)}@s } } }`;

const RECORDED = new URL("../../../test/counts/recorded/", import.meta.url).pathname;

Deno.test("[O23] [O24] [O30] [O31] [O32] packets that a wire lost which nobody watches are counted, and never more", async () => {
  const { report, sent, isOnTime } = await traced("udp");
  const truths = udpTruths(sent);
  for (const { port, ...truth } of truths) checkCounted(flowTo(report, port), truth);
  // Runs of scripts are packets of all flows.
  const whole = flowTo(report, 5002).counted!;
  if (whole.packets !== undefined && !whole.atLeast) {
    const heard = whole.packets + runsLeftOut(report);
    ok(heard >= truths[1]!.sent, `${whole.sentence} ${runsLeftOut(report)} runs left out`);
  }
  // A machine that is busy loses events or runs of scripts, or reads late. What is exact then is recorded.
  if (!hasSeenAll(report) || !isOnTime) return;
  for (const { port, ...truth } of truths.slice(0, 2)) checkExact(flowTo(report, port), truth);
});

Deno.test("[O23] [O24] what TCP puts together at one place is apart at the other, and none of it is lost", async () => {
  const { report, isOnTime } = await traced("tcp");
  const { counted } = flowTo(report, 5004);
  ok(counted, "it was not counted");
  equal([counted.lost ?? 0, counted.losses ?? []], [0, []]);
  if (hasSeenAll(report) && isOnTime) ok(counted.packets! > 500, counted.sentence);
});

interface Traced {
  report: Report;
  /** What the sender printed. */
  sent: string;
  /** Counters were read each second. */
  isOnTime: boolean;
}

/**
 * Sends, and returns what is told then, and what the sender prints. With `RECORD=1` the archive and that
 * are what is recorded from then on.
 */
async function traced(what: "udp" | "tcp"): Promise<Traced> {
  const isRecorded = Deno.env.get("RECORD") === "1";
  const archive = isRecorded
    ? `${RECORDED}${what}.archive.gz`
    : await Deno.makeTempFile({ prefix: NAME, suffix: ".archive.gz" });
  try {
    await sh(BUILD);
    const receiver = new Deno.Command("ip", {
      args: ["netns", "exec", B, "perl", "-e", RECEIVE],
      ...{ stdin: "null", stdout: "piped" },
    }).spawn();
    const reader = receiver.stdout.getReader();
    await reader.read();
    const trace = await startLasthop([
      ...["trace", "--json", "--no-listen", "--events-per-second", what === "tcp" ? "100" : "400"],
      ...["--archive", archive],
      ...["--node", `a=${A}`, "--node", `b=${B}`],
      "port 5001 or port 5002 or port 5003 or port 5004",
    ]);
    await trace.ready();
    const sent = await sh(`ip netns exec ${A} perl -e '${SEND}' ${what}`);
    const { stdout } = await trace.end();
    receiver.kill("SIGKILL");
    await reader.cancel();
    await receiver.status;
    if (isRecorded && what === "udp") await Deno.writeTextFile(`${RECORDED}${what}.sent.txt`, sent);
    const { batches } = await readArchive(archive);
    return { report: Report.parse(JSON.parse(stdout)), sent, isOnTime: areOnTime(batches) };
  } finally {
    if (!isRecorded) await Deno.remove(archive);
    for (const name of [A, WIRE, B]) await sh(`ip netns del ${name} 2>/dev/null; true`);
  }
}

/** A reading of a second that is later than this, ns, was late. */
const LATE_NS = 1_200_000_000n;

/** Counters were read each second, and no reading is missing. */
function areOnTime(batches: readonly Batch[]): boolean {
  const headings = batches.filter(({ header }) => header.node === "a")
    .flatMap(({ events }) => events)
    .filter(({ kind, ifindex }) => kind === "counted" && ifindex === undefined);
  return headings.length > 0 && headings.every(({ reading, timeNs }, i) => {
    const before = headings[i - 1]?.timeNs ?? timeNs;
    return reading === i && timeNs - before < LATE_NS;
  });
}

async function sh(script: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-e", "-c", script],
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${script}: ${text(stderr)}`);
  return text(stdout);
}
