/** The flows that are measured, as programs in perl, which every Debian has. */
import { execa } from "execa";
import { RECEIVER, RECEIVING, SENDING } from "./overlay.ts";

/** Where the busy flow goes; the filter of a hit names it. */
export const PORT = 7077;
/** Where the echoes of the latency are asked. */
export const ECHO_PORT = 7078;

/** What came of a flow at full rate. */
export interface Flood {
  /** Packets that its sender gave to the kernel in a second. */
  perSecond: number;
  /** Packets for each second of the sender's own processor time: most of the way is on its account. */
  perCpuSecond: number;
  /** Share of them that its receiver read. */
  arrived: number;
}

/** A socket S and the address $to that the first two arguments name, of either family. */
const SOCKET = `use Socket qw(:DEFAULT getaddrinfo); ($e,$i)=getaddrinfo($ARGV[0],$ARGV[1],
{flags=>Socket::AI_NUMERICHOST,socktype=>SOCK_DGRAM}); die $e if $e; $to=$i->{addr};
socket(S,$i->{family},SOCK_DGRAM,17) or die;`;

const RECEIVE = `${SOCKET} setsockopt(S,1,33,16<<20);
setsockopt(S,1,8,16<<20); bind(S,$to) or die; $|=1; print "ready\\n";
$SIG{TERM}=sub{print "$n\\n"; exit}; $n=0; while(1){ defined recv(S,$b,64,0) and $n++ }`;

const SEND = `${SOCKET} use Time::HiRes "time";
connect(S,$to) or die; $p="x"x22; $t=time; $n=0;
do { for(1..32){ send(S,$p,0) and $n++ } $e=time-$t } while($e<$ARGV[2]);
($u,$s)=times; print "$n $e ",$u+$s,"\\n"`;

const ANSWER = `${SOCKET} bind(S,$to) or die; $|=1; print "ready\\n";
while(1){ $f=recv(S,$b,64,0); defined $f and send(S,$b,0,$f) }`;

const ASK = `${SOCKET} use Time::HiRes qw(time sleep);
setsockopt(S,1,20,pack("l!l!",1,0)); connect(S,$to) or die;
$t=time; while(time-$t<$ARGV[2]){ $a=time; send(S,"x"x22,0); defined recv(S,$b,64,0) or next;
push @r,time-$a; sleep 0.001 } @r=sort{$a<=>$b}@r; printf "%d %.1f %.1f\\n",scalar @r,
1e6*$r[@r/2],1e6*$r[@r*0.99]`;

/** One flow of UDP, 22 bytes a datagram, at full rate for so many seconds. */
export async function flood(seconds: number): Promise<Flood> {
  const receiver = await listen(RECEIVE, PORT);
  const sent = await talk(SEND, [RECEIVER, `${PORT}`, `${seconds}`]);
  const received = Number(await receiver.end());
  const [packets = 0, elapsed = 1, cpu = 1] = sent.split(" ").map(Number);
  return {
    perSecond: packets / elapsed,
    perCpuSecond: packets / cpu,
    arrived: received / packets,
  };
}

/** Round trips of one datagram each, a millisecond apart, us: [median, 99th of a hundred]. */
export async function roundTrips(seconds: number): Promise<[number, number]> {
  const server = await listen(ANSWER, ECHO_PORT);
  const [, median = NaN, p99 = NaN] = (await talk(ASK, [RECEIVER, `${ECHO_PORT}`, `${seconds}`]))
    .split(" ").map(Number);
  await server.end();
  return [median, p99];
}

async function talk(program: string, words: string[]): Promise<string> {
  const { stdout } = await execa("ip", [
    ...["netns", "exec", SENDING, "perl", "-e", program],
    ...words,
  ]);
  return stdout;
}

/** A server that listens by now. */
async function listen(program: string, port: number): Promise<{ end(): Promise<string> }> {
  const child = new Deno.Command("ip", {
    args: ["netns", "exec", RECEIVING, "perl", "-e", program, RECEIVER, `${port}`],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  return {
    async end() {
      child.kill("SIGTERM");
      let said = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        said += part.value;
      }
      await child.status;
      return said.trim();
    },
  };
}
