# A router hands connections to its proxy (tproxy), and the rule that leads them to the host itself is gone.
# nodes: a r b
# fault: dropped tproxy-not-routed
. /work/routed.sh
build() {
  routed 10.114
  ip_ r rule add fwmark 7 lookup 77 priority 100
  ip_ r route add local default dev lo table 77
  in_ r nft add table ip tp
  in_ r nft add chain ip tp pre '{ type filter hook prerouting priority mangle; }'
  in_ r nft add rule ip tp pre iifname e0 tcp dport 80 tproxy to :3128 meta mark set 7 accept
  listen r tproxy 3128
}
fault() { ip_ r rule del fwmark 7 lookup 77; }
traffic() { ask a tcp 10.114.2.1 80; }
