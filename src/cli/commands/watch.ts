/** `lasthop watch`: an incident live, in this terminal. */
import { ALL } from "../../event/filter/mod.ts";
import type { CommandFile } from "../command.ts";
import {
  askingAboutNamed,
  type FilterFlag,
  filterOption,
  type IncidentFlags,
  type IncidentOptions,
  readNamed,
} from "../options.ts";
import type { View } from "../watch/view.ts";

/** The command. */
export const watch: CommandFile<
  [string | undefined, IncidentFlags & FilterFlag],
  IncidentOptions & FilterFlag
> = {
  declare: (program) =>
    askingAboutNamed(program.command("watch"))
      .addOption(filterOption())
      .description("an incident live, in this terminal"),

  read: (word, flags) => ({ ...readNamed(word, flags), filter: flags.filter }),

  async run(options) {
    const { askedIncident } = await import("../asking/incident.ts");
    const { untilSignal } = await import("../asking/signal.ts");
    const { follow } = await import("../watch/follow.ts");
    const { client, incident } = await askedIncident(options);
    const leave = new AbortController();
    const quit = () => leave.abort();
    void untilSignal(leave.signal).then(quit);
    // A wrong name or token is reported before the screen changes.
    await client.getIncident(incident);
    const view = await viewOf(options, incident, quit);
    try {
      for await (
        const change of follow(client, incident, {
          signal: leave.signal,
          // Who has JSON has the stream as the ingest tells it to programs.
          differences: !options.json,
        })
      ) {
        view.show(change);
      }
      // Who reads goes when they have read.
      if (view.stays && !leave.signal.aborted) {
        await new Promise((resolve) => leave.signal.addEventListener("abort", resolve));
      }
      return 0;
    } finally {
      quit();
      view.close();
    }
  },
};

async function viewOf(
  { json, filter = ALL }: IncidentOptions & FilterFlag,
  incident: string,
  quit: () => void,
): Promise<View> {
  const { jsonView, plainView } = await import("../watch/plain_view.ts");
  const { narrowedView } = await import("../watch/narrowed.ts");
  const { terminalView } = await import("../watch/terminal_view.ts");
  const { terminalOptions } = await import("../render/mod.ts");
  const out = (line: string) => console.log(line);
  const note = (text: string) => console.error(`lasthop: ${text}`);
  if (json) return narrowedView(jsonView(out, note), filter);
  // A pseudo-terminal without a window reports a size of zero.
  if (Deno.stdout.isTerminal() && Deno.consoleSize().columns > 0) {
    return terminalView(incident, filter, quit);
  }
  return narrowedView(plainView(out, note, terminalOptions()), filter);
}
