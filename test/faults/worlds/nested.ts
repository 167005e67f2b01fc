/** A tunnel within a tunnel: machines in pods that make an overlay of their own. */
import type { Site, World } from "./world.ts";
import { type Overlay, overlay } from "./overlay.ts";

export interface Nested extends World {
  outer: Overlay;
  /** The inner tunnel's device in both pods. */
  inner: string;
  id: number;
}

export function nested(site: Site): Nested {
  const outer = overlay({ mode: "bridged" })(site);
  const net = site.draw.net();
  const inner = "vxin";
  const id = site.draw.between(1, 4_000_000);
  const ends = [[outer.client, outer.server], [outer.server, outer.client]] as const;
  const [client, server] = ends.map(([own, other], i) => {
    const mac = site.draw.mac();
    own.at.vxlan(inner, {
      id,
      port: 4790,
      mtu: 1400,
      local: own.four,
      remote: other.four,
      mac,
    });
    own.at.address(inner, ...net.both(i + 1));
    return { ...own, device: inner, mac, four: net.ip(i + 1), six: net.ip6(i + 1) };
  });
  return {
    topology: site.topology,
    draw: site.draw,
    nodes: outer.nodes,
    client: client!,
    server: server!,
    outer,
    inner,
    id,
  };
}
