/** `lasthop demo`: the tour. An incident, its trace, its page, and the same network repaired. */
import type { CommandFile } from "../command.ts";
import { type ListenFlag, listenOption, readListenFlag } from "../options.ts";
import { USUAL_LISTEN } from "../read_value.ts";
import type { ListenAddress } from "../read_value.ts";
import type { Look } from "../render/mod.ts";

interface Flags extends ListenFlag {
  wait: boolean;
}

/** The options of `lasthop demo`. */
export interface DemoOptions {
  listen: ListenAddress;
  /** False: end after the tour instead of waiting for SIGINT. */
  wait: boolean;
}

const INCIDENT = "I1";

const BEFORE = [
  "A demo of lasthop, on this machine's own kernel and in network namespaces of its own: nothing " +
  "else on this machine is touched, and all of it is taken down at the end.",
  "The incident: a pod runs in a virtual machine of its own (a peer pod). Its node sends to it " +
  "through a bridge, a veth pair, a redirect and a VXLAN tunnel. The pings go out, no reply comes " +
  "back, and no interface says why.",
];

const AFTER = [
  "Above: each packet's way, node by node and device by device, with the tunnel around the part " +
  "of it that is encapsulated. The cross marks the last hop it reached; below it are the cause, " +
  "what that rests on, and the command that repairs it.",
];

const LATER =
  "In a terminal of its own, sudo ./lasthop demo keeps that page until Ctrl-C. The repaired " +
  `network: sudo ./lasthop lab run ${INCIDENT} --repaired`;

const REPAIRED = [
  "The same network after that command: every ping is delivered, and so is every reply.",
];

/** The command. */
export const demo: CommandFile<[Flags], DemoOptions> = {
  declare: (program) =>
    program.command("demo")
      .description("the tour: a lab, its trace, the page")
      .addOption(listenOption("127.0.0.1:4680, or a free port"))
      .option("--no-wait", "end after the tour"),

  read: (flags) => ({ listen: readListenFlag(flags) ?? USUAL_LISTEN, wait: flags.wait }),

  async run({ listen, wait }) {
    const { untilEnter } = await import("../asking/enter.ts");
    const { runLab } = await import("../lab/run_lab.ts");
    const { lookOf, terminalOptions } = await import("../render/mod.ts");
    const look = lookOf({ ...terminalOptions(), colour: false });
    const say = (...paragraphs: string[]) => console.log(told(paragraphs, look).join("\n"));
    const progress = (text: string) => console.error(`lasthop: ${text}`);
    const stays = wait && Deno.stdout.isTerminal();
    const asks = stays && Deno.stdin.isTerminal();
    const tour = { id: INCIDENT, keep: false, json: false, listen, progress };

    say(...BEFORE, "");
    let goOn = false;
    const broken = await runLab({
      ...tour,
      repaired: false,
      async onReported(page, interrupted) {
        say("", ...AFTER);
        if (!stays) return say(`${withoutToken(page)} showed the same until now, live. ${LATER}`);
        say("The same as a live page:");
        console.log(`${page}\n`);
        say(
          asks
            ? "Enter shows the repaired network, Ctrl-C ends the demo."
            : "Ctrl-C ends the demo.",
        );
        if (asks) goOn = await untilEnter(interrupted);
        else await interrupted;
      },
    });
    if (broken !== 0 || !goOn) return broken;
    return await runLab({
      ...tour,
      repaired: true,
      async onReported(page, interrupted) {
        say("", ...REPAIRED, "Its page, until Ctrl-C ends the demo:");
        console.log(`${page}\n`);
        await interrupted;
      },
    });
  },
};

/** A page that is gone needs no token. A whole URL is printed on a line of its own, never broken. */
const withoutToken = (page: string | null) => page?.split("#")[0];

function told(paragraphs: readonly string[], look: Look): string[] {
  return paragraphs.flatMap((text) => text === "" ? [""] : [...look.lines(text, 0), ""])
    .filter((line, i, all) => line !== "" || all[i - 1] !== "");
}
