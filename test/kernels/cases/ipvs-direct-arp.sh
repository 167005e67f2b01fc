# A second host with the service's address answers to who asks for it (arp_ignore), and does not serve.
# nodes: client switch director server other
# fault: refused no-listener
. /work/ipvs.sh
build() {
  direct 221
  ns other
  veth switch p4 other e0
  ip_ switch link set p4 master br0
  address other e0 10.221.0.4/24
  ip_ other addr add 10.221.0.9/32 dev lo
  in_ other sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
  listen server tcp 80
}
fault() {
  # The director's answer comes too late: of two the first one counts.
  in_ director sysctl -qw net.ipv4.conf.all.arp_ignore=8
  in_ other sysctl -qw net.ipv4.conf.all.arp_ignore=0
}
traffic() { ask client tcp 10.221.0.9 80; }
