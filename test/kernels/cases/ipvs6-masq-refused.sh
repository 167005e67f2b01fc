# The real server of the IPVS service of IPv6, to which the director translates, has nothing that listens.
# nodes: client director real
# fault: refused no-listener
build() {
  modprobe -a ip_vs ip_vs_rr
  pair client director 10.163.0
  ns real
  veth director e1 real e0
  local node
  for node in client director real; do in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0; done
  in_ director sysctl -qw net.ipv6.conf.e1.disable_ipv6=0 net.ipv6.conf.all.forwarding=1 net.ipv4.vs.conntrack=1
  ip_ client addr add fd00:63::1/64 dev e0 nodad
  ip_ director addr add fd00:63::2/64 dev e0 nodad
  ip_ director addr add fd00:63:1::1/64 dev e1 nodad
  ip_ real addr add fd00:63:1::2/64 dev e0 nodad
  ip_ director addr add fd00:63::80/128 dev e0 nodad
  ip_ real route add default via fd00:63:1::1
  in_ director ipvsadm -A -t '[fd00:63::80]:80' -s rr
  in_ director ipvsadm -a -t '[fd00:63::80]:80' -r '[fd00:63:1::2]:80' -m
  listen real tcp 80 six
}
fault() { silence real; }
traffic() { ask client tcp fd00:63::80 80; }
