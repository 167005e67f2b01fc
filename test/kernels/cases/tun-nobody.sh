# A route leads into the tun device of a VPN, whose program has ended and left it there; another route is the way without it.
# nodes: a r b
# fault: dropped link-down
. /work/routed.sh
build() {
  modprobe tun
  routed 10.68
  in_ r ip tuntap add tun0 mode tun
  ip_ r link set tun0 up
  ip_ r addr add 10.68.9.1/24 dev tun0
}
fault() { ip_ r route add 10.68.2.1/32 via 10.68.9.2; }
traffic() { ping_ a 10.68.2.1; }
