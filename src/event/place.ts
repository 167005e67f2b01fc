/** How a place is named in every sentence: of the analysis, of the terminal and of the page. */

/** The parts of a place, as they are to be read: named, and made safe to show where that matters. */
export interface PlaceWords {
  /** Empty when the kernel did not tell the device. */
  device: string;
  /** Name of the network namespace, or what stands in for it; absent of the node's own. */
  netns?: string | undefined;
  node: string;
}

/** `eth0 in pod on worker`; `eth0 on worker` in the node's own network. */
export function placeText({ device, netns, node }: PlaceWords): string {
  const at = device === "" ? "" : `${device} `;
  return netns === undefined ? `${at}on ${node}` : `${at}in ${netns} on ${node}`;
}
