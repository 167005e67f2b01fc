# The real server of an IPVS service of IPv6 in direct routing does not have the service's address (any more).
# nodes: client switch director server
# fault: dropped ip-forwarding-disabled
build() {
  modprobe -a ip_vs ip_vs_rr
  ns client switch director server
  ip_ switch link add br0 type bridge
  ip_ switch link set br0 up
  local port=1 name
  for name in client director server; do
    veth switch "p$port" "$name" e0
    ip_ switch link set "p$port" master br0
    in_ $name sysctl -qw net.ipv6.conf.e0.disable_ipv6=0 net.ipv6.conf.lo.disable_ipv6=0
    ip_ $name addr add "fd00:4d::$port/64" dev e0 nodad
    port=$((port + 1))
  done
  in_ director sysctl -qw net.ipv6.conf.all.forwarding=1
  ip_ director addr add fd00:4d::80/128 dev e0 nodad
  ip_ server addr add fd00:4d::80/128 dev lo nodad
  in_ director ipvsadm -A -t '[fd00:4d::80]:80' -s rr
  in_ director ipvsadm -a -t '[fd00:4d::80]:80' -r '[fd00:4d::3]:80' -g
  listen server tcp 80 six
}
fault() { ip_ server addr del fd00:4d::80/128 dev lo; }
traffic() { ask client tcp fd00:4d::80 80; }
