/** `lasthop watch`: an incident live, in this terminal. */
import { askedIncident } from "../asking/incident.ts";
import { untilSignal } from "../asking/signal.ts";
import type { WatchOptions } from "../options.ts";
import { terminalOptions } from "../render/mod.ts";
import { follow } from "../watch/follow.ts";
import { jsonView, plainView } from "../watch/plain_view.ts";
import { terminalView } from "../watch/terminal_view.ts";
import type { View } from "../watch/view.ts";

export async function run(options: WatchOptions): Promise<number> {
  const { client, incident } = await askedIncident(options);
  const leave = new AbortController();
  const quit = () => leave.abort();
  void untilSignal(leave.signal).then(quit);
  // A wrong name or token is told before the screen changes.
  await client.getIncident(incident);
  const view = viewOf(options, incident, quit);
  try {
    for await (const change of follow(client, incident, { signal: leave.signal })) {
      view.show(change);
    }
    return 0;
  } finally {
    quit();
    view.close();
  }
}

function viewOf({ json }: WatchOptions, incident: string, quit: () => void): View {
  const out = (line: string) => console.log(line);
  const note = (text: string) => console.error(`lasthop: ${text}`);
  if (json) return jsonView(out, note);
  // A size of zero is that of a terminal which nobody looks at.
  if (Deno.stdout.isTerminal() && Deno.consoleSize().columns > 0) {
    return terminalView(incident, quit);
  }
  return plainView(out, note, terminalOptions());
}
