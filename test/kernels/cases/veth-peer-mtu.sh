# One end of a veth pair was made larger than the other, which takes no frame of that size.
# nodes: app db
# fault: dropped mtu-exceeded
build() {
  pair app db 10.91.5
  ip_ app link set e0 mtu 9000
  ip_ db link set e0 mtu 9000
}
fault() { ip_ db link set e0 mtu 1500; }
traffic() { ping_ app -M do -s 4000 10.91.5.2; ping_ app 10.91.5.2; }
