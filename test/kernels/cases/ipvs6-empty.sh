# The IPVS service of IPv6 has no real server any more.
# nodes: client director real
# fault: dropped service-without-endpoint
# besides: refused service-without-endpoint
build() {
  modprobe -a ip_vs ip_vs_rr
  pair client director 10.191.37
  ns real
  veth director e1 real e0
  local node
  for node in client director real; do in_ $node sysctl -qw net.ipv6.conf.e0.disable_ipv6=0; done
  in_ director sysctl -qw net.ipv6.conf.e1.disable_ipv6=0 net.ipv6.conf.all.forwarding=1 net.ipv4.vs.conntrack=1
  ip_ client addr add fd00:37::1/64 dev e0 nodad
  ip_ director addr add fd00:37::2/64 dev e0 nodad
  ip_ director addr add fd00:38::1/64 dev e1 nodad
  ip_ real addr add fd00:38::2/64 dev e0 nodad
  ip_ director addr add fd00:37::80/128 dev e0 nodad
  ip_ real route add default via fd00:38::1
  in_ director ipvsadm -A -t '[fd00:37::80]:80' -s rr
  in_ director ipvsadm -a -t '[fd00:37::80]:80' -r '[fd00:38::2]:80' -m
  listen real tcp 80 six
}
fault() { in_ director ipvsadm -d -t '[fd00:37::80]:80' -r '[fd00:38::2]:80'; }
traffic() { ask client tcp fd00:37::80 80; }
