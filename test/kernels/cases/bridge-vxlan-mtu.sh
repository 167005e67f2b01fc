# A bridge hands a vxlan what is too large beneath, of which the kernel makes its answer, freeing nothing.
# nodes: node=node,host peer
# fault: dropped mtu-exceeded
build() {
  ns node host peer
  veth node u0 peer u0
  address node u0 172.21.9.1/24
  address peer u0 172.21.9.2/24
  ip_ node link add br0 type bridge
  ip_ node link set br0 up
  veth node h1 host eth0
  ip_ node link set h1 master br0
  ip_ node link add vx0 type vxlan id 9 remote 172.21.9.2 local 172.21.9.1 dstport 4789
  ip_ node link set vx0 mtu 1500
  ip_ node link set vx0 master br0
  ip_ node link set vx0 up
  ip_ peer link add vx0 type vxlan id 9 remote 172.21.9.1 local 172.21.9.2 dstport 4789
  ip_ peer link set vx0 mtu 1500
  ip_ peer link set vx0 up
  address host eth0 10.250.26.1/24
  address peer vx0 10.250.26.2/24
  ip_ host neigh add 10.250.26.2 dev eth0 lladdr "$(mac peer vx0)" nud permanent
  ip_ peer neigh add 10.250.26.1 dev vx0 lladdr "$(mac host eth0)" nud permanent
  touch "/run/$RUN.small"
}
fault() {
  rm "/run/$RUN.small"
  ip_ node link set vx0 type vxlan df set
}
traffic() {
  local size=1472
  [ ! -e "/run/$RUN.small" ] || size=1400
  ping_ host 10.250.26.2 -M do -s $size
}
