/** A BPF filter of a socket or cgroup that refused the packet. */
import { isSocketFilterDrop } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import { place } from "../evidence.ts";
import { namedReason } from "../shared/named_reason.ts";

/** The filter of a socket, or of its cgroup, refused it. */
export const socketFilter = namedReason({
  code: "socket-filter",
  holds: isSocketFilterDrop,
  says: (subject) =>
    subject.event.reason === "TAP_FILTER"
      ? `the filter that the program of ${place(subject)} gave the device refused it`
      : `a socket or cgroup filter in ${
        netnsName(subject.node, subject.netns)
      } on ${subject.node.name} refused it`,
});
