/** What is sent to all who listen: to a group, or to all of a link. */
import { isMulticast } from "../view/address.ts";
import type { FlowGroup } from "./flows.ts";

/** Its destination is a group or all of a link, or one of its packets was received as sent to all. */
export const isToAll = ({ form: { destination }, packets }: FlowGroup): boolean =>
  isMulticast(destination) || destination === "255.255.255.255" ||
  packets.some(({ steps }) => steps.some(({ event }) => event.packetType === "broadcast"));
