/** A bridge port that takes frames only from addresses that were entered for it. */
import type { FdbEntry, Link, NetnsState } from "../../../event/state.ts";
import { isFreedEntering } from "../../kernel/bridge.ts";
import { isIncomplete } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause } from "../rule.ts";
import { frameOf } from "../shared/frame.ts";
import { device } from "../word.ts";

/**
 * A locked port takes frames only from MAC addresses that the bridge's table has behind it, and learns
 * none (`br_handle_frame_finish`, Linux 5.18 to 6.18, without a reason). Both readings around the free
 * must lack the address: one that was removed or entered meanwhile may have been there.
 */
export function lockedOut(subject: Case, port: Link) {
  const { node, netns, before, after } = subject;
  const mac = frameOf(subject)?.sourceMac;
  if (!port.bridgePort?.locked || mac === undefined || !isFreedEntering(subject.event)) return null;
  const states = [before, after].filter((state) => state !== null);
  if (states.some((state) => isIncomplete(state, ["fdb"]))) return null;
  const entry = ({ fdb }: NetnsState) => fdb.find((each) => each.mac === mac && isLearnt(each));
  if (states.some((state) => entry(state)?.device === port.name)) return null;
  const known = states.map(entry).find((each) => each !== undefined);
  return cause(
    "bridge-port-blocked",
    "proven",
    `bridge port ${
      place(subject)
    } is locked, and takes nothing from ${mac}: the bridge's table has ` +
      (known ? `that address behind ${known.device}` : "no such address"),
    [
      eventEvidence(subject),
      stateEvidence(node, `${port.name}: locked on`),
      stateEvidence(
        node,
        known ? `fdb: ${mac} is behind ${known.device}` : `fdb: nothing for ${mac} behind a port`,
      ),
    ],
    command(node, netns, ["bridge", "fdb", "show", "brport", device(port.name)]),
  );
}

/** An address that the bridge itself has is behind no port. */
const isLearnt = ({ flags, destination }: FdbEntry): boolean =>
  !flags.includes("permanent") && !flags.includes("locked") && destination === undefined;
