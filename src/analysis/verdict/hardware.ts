/** Filters that a network card runs itself, before the kernel sees a packet. */
import type { Gap } from "../../event/gaps.ts";
import type { Owner } from "../view/state_view.ts";

/**
 * A gap where the device that should have received the packet has filters of tc in its hardware
 * (`in_hw`, as `tc filter show` prints it): what they redirect or drop no script sees. One that only
 * the kernel runs is printed with `not_in_hw`.
 */
export function takenByHardware({ node, state, link }: Owner): Gap | null {
  const isInHardware = state.filters.some(({ device, text }) =>
    device === link.name && /(^| )in_hw\b/.test(text)
  );
  if (!isInHardware) return null;
  const text = `${link.name} of ${node.name} has filters in its hardware (tc: in_hw), which take ` +
    "packets that no script sees";
  return { code: "hardware-offload", text };
}
