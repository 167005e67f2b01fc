/**
 * Rules in the shapes of what people run, for one router of the yard: chains, marks and matches as
 * these programs write them. They are written for UDP over IPv4; `adapted` makes others of them.
 */
import { docker, firewalld, ufw } from "./shape/hosts.ts";
import { kubeProxy, kubeProxyNft } from "./shape/kube_proxy.ts";
import type { Place, Tables } from "./shape/place.ts";
import { calico, portmap } from "./shape/plugins.ts";
import { calicoRecorded, kubeProxyNftRecorded, kubeProxyRecorded } from "./shape/recorded.ts";

/** Shapes made of iptables' tables. */
export const IPTABLES_SHAPES: Record<string, (place: Place) => Tables> = {
  ...{ kubeProxy, calico, docker, ufw, portmap },
  ...{ kubeProxyRecorded, calicoRecorded },
};

/** Shapes made of nft's own tables. */
export const NFT_SHAPES: Record<string, (place: Place) => string> = {
  ...{ kubeProxyNft, firewalld, kubeProxyNftRecorded },
};
