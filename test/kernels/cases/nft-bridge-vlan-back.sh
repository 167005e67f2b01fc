# nft of the bridge's own family drops what one guest answers in a VLAN, by its tag; another VLAN goes by.
# nodes: vm1 host vm2
# fault: dropped netfilter-drop
build() {
  modprobe 8021q
  modprobe nft_meta_bridge || true
  ns vm1 host vm2
  ip_ host link add virbr0 type bridge
  ip_ host link set virbr0 up
  local name own=1 id
  for name in vm1 vm2; do
    veth host "vnet-$name" $name e0
    ip_ host link set "vnet-$name" master virbr0
    for id in 10 20; do
      ip_ $name link add link e0 name e0.$id type vlan id $id
      ip_ $name link set e0.$id up
      address $name e0.$id 10.43.$id.$own/24
    done
    own=2
  done
  for id in 10 20; do
    ip_ vm1 neigh add 10.43.$id.2 lladdr "$(mac vm2 e0)" dev e0.$id
    ip_ vm2 neigh add 10.43.$id.1 lladdr "$(mac vm1 e0)" dev e0.$id
  done
}
fault() {
  in_ host nft -f - <<'N'
table bridge apart {
  chain between {
    type filter hook forward priority -200; policy accept;
    iifname "vnet-vm2" vlan id 20 counter drop
  }
}
N
}
traffic() { ping_ vm1 10.43.10.2; ping_ vm1 10.43.20.2; }
