# The sender's entry for the host has a link address that the host does not have (any more).
# nodes: a b
# fault: dropped destination-mac-mismatch
build() {
  pair a b 10.251.5
  ip_ a neigh add 10.251.5.2 lladdr "$(mac b e0)" dev e0 nud permanent
}
fault() { ip_ a neigh replace 10.251.5.2 lladdr 02:00:00:00:00:99 dev e0 nud permanent; }
traffic() { ping_ a 10.251.5.2; }
