# A router gives copies of all it forwards to two dummy devices, by tc and by nft, for whoever listens there; its nft drops one port.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  modprobe dummy
  modprobe nft_dup_ipv4
  routed 10.94
  ip_ r link add ids0 type dummy
  ip_ r link add ids1 type dummy
  ip_ r link set ids0 up
  ip_ r link set ids1 up
  address r ids1 10.94.9.1/24
  ip_ r neigh replace 10.94.9.9 lladdr 02:00:00:00:94:09 dev ids1
  tc_ r qdisc add dev e0 clsact
  tc_ r filter add dev e0 ingress matchall action mirred egress mirror dev ids0
  in_ r nft add table ip t
  in_ r nft add chain ip t pre '{ type filter hook prerouting priority -300; }'
  in_ r nft add rule ip t pre iif e0 dup to 10.94.9.9 device ids1
  in_ r nft add chain ip t passing '{ type filter hook forward priority 0; }'
  listen b tcp 8080
  listen b tcp 8081
}
fault() { in_ r nft add rule ip t passing tcp dport 8080 counter drop; }
traffic() { ping_ a 10.94.2.1; ask a tcp 10.94.2.1 8080; ask a tcp 10.94.2.1 8081; }
