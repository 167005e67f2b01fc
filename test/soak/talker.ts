/**
 * Background traffic, a process of its own in the client's namespace: connections that come and go.
 * Told as JSON: where to, how many a second. Until SIGTERM, then it says what became of them.
 */
export interface Talker {
  address: string;
  tcpPort: number;
  udpPort: number;
  perSecond: number;
}

export interface Talked {
  opened: number;
  answered: number;
  failed: number;
}

const talked: Talked = { opened: 0, answered: 0, failed: 0 };

/** An answer that is not there by then does not come. */
const UDP_MS = 2_000;

async function overTcp({ address, tcpPort }: Talker, bytes: number): Promise<void> {
  using connection = await Deno.connect({ hostname: address, port: tcpPort });
  await connection.write(new Uint8Array(bytes));
  if (await connection.read(new Uint8Array(64)) === null) throw new Error("no answer");
}

async function overUdp({ address, udpPort }: Talker, bytes: number): Promise<void> {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 });
  const late = setTimeout(() => socket.close(), UDP_MS);
  try {
    await socket.send(new Uint8Array(bytes), {
      transport: "udp",
      hostname: address,
      port: udpPort,
    });
    await socket.receive();
  } finally {
    clearTimeout(late);
    try {
      socket.close();
    } catch {
      // It was too late and is closed.
    }
  }
}

if (import.meta.main) {
  const talker: Talker = JSON.parse(Deno.args[0]!);
  console.log("ready");
  setInterval(() => {
    const turn = talked.opened++;
    const talk = turn % 4 === 3 ? overUdp : overTcp;
    talk(talker, 1 + turn * 37 % 1_200).then(() => talked.answered++, () => talked.failed++);
  }, 1_000 / talker.perSecond);
  Deno.addSignalListener("SIGTERM", () => {
    console.log(JSON.stringify(talked));
    Deno.exit(0);
  });
}
