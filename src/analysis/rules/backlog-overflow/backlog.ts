/** A CPU that could not keep up with what it received. */
import { commandAnywhere } from "../command.ts";
import { isCpuBacklogFull } from "../../kernel/sockets.ts";
import { place } from "../evidence.ts";
import { namedReason } from "../shared/named_reason.ts";

/** The receive queue of a CPU had no room. */
export const backlogOverflow = namedReason({
  code: "backlog-overflow",
  holds: isCpuBacklogFull,
  says: (subject) => `the CPU backlog had no room at ${place(subject)}`,
  remedy: () => [
    ...commandAnywhere(["sysctl", "net.core.netdev_max_backlog"]),
    ...commandAnywhere(["cat", "/proc/net/softnet_stat"]),
  ],
});
