# Two routers each send by a tunnel to the other one what neither of them has.
# nodes: host east west
# fault: dropped routing-loop
build() {
  modprobe ipip
  ns host east west
  veth host e0 east lan
  veth east wan west wan
  address host e0 10.192.22.2/24
  address east lan 10.192.22.1/24
  address east wan 172.22.48.1/30
  address west wan 172.22.48.2/30
  forwards east
  forwards west
  ip_ east link add t0 type ipip local 172.22.48.1 remote 172.22.48.2
  ip_ west link add t0 type ipip local 172.22.48.2 remote 172.22.48.1
  ip_ east link set t0 up
  ip_ west link set t0 up
  ip_ host route add default via 10.192.22.1
  ip_ west route add 10.192.22.0/24 dev t0
  ip_ east route add 10.192.23.0/24 dev t0
  address west lo 10.192.23.9/32
}
fault() {
  ip_ west addr del 10.192.23.9/32 dev lo
  ip_ west route add 10.192.23.0/24 dev t0
}
traffic() { ping_ host -c 1 -t 8 10.192.23.9; }
