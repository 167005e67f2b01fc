# nft of the bridge's own family drops what goes from the one port to the other, so that no question for its link address is answered.
# nodes: vm1 host vm2
# fault: dropped netfilter-drop
build() {
  modprobe nft_meta_bridge || true
  ns vm1 host vm2
  ip_ host link add virbr0 type bridge
  ip_ host link set virbr0 up
  local name
  for name in vm1 vm2; do
    veth host "vnet-$name" $name ens3
    ip_ host link set "vnet-$name" master virbr0
  done
  address vm1 ens3 10.191.19.1/24
  address vm2 ens3 10.191.19.2/24
}
fault() {
  in_ host nft -f - <<'N'
table bridge apart {
  chain between {
    type filter hook forward priority -200; policy accept;
    iifname "vnet-vm1" oifname "vnet-vm2" ip protocol icmp counter drop
  }
}
N
}
traffic() { ping_ vm1 10.191.19.2; }
