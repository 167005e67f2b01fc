# The gateway's address is on a macvlan with a virtual link address, as VRRP's daemons have it; that device is down.
# nodes: a r b
# fault: dropped link-down
build() {
  ns a r b
  veth a e0 r e0
  veth r e1 b e0
  address a e0 10.83.1.10/24
  address r e0 10.83.1.2/24
  address r e1 10.83.2.254/24
  address b e0 10.83.2.1/24
  forwards r
  in_ r sysctl -qw net.ipv4.conf.e0.arp_ignore=1 net.ipv4.conf.e0.arp_filter=0
  ip_ r link add vrrp4 link e0 address 00:00:5e:00:01:0a type macvlan mode bridge
  in_ r sysctl -qw net.ipv4.conf.vrrp4.arp_ignore=1
  ip_ r link set vrrp4 up
  address r vrrp4 10.83.1.1/32
  ip_ a route add default via 10.83.1.1
  ip_ b route add default via 10.83.2.254
}
fault() { ip_ r link set vrrp4 down; }
traffic() { ping_ a 10.83.2.1; }
