# A host lost the local route of its own address (table local), so that it takes nothing for it.
# nodes: a b
# fault: dropped no-route
build() {
  pair a b 10.138.0
  ip_ b addr add 10.138.1.1/32 dev lo
  ip_ a route add 10.138.1.1 via 10.138.0.2
}
fault() { ip_ b route del local 10.138.1.1 dev lo table local; ip_ b route add default via 10.138.0.1; }
traffic() { ping_ a 10.138.1.1; }
