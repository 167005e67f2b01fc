# ipvlan with vepa leaves it to the switch to send frames back between its devices, which it does not do.
# nodes: host=host,one,two far
# fault: dropped macvlan-isolation
build() {
  ns host one two far
  veth host e0 far e0
  address far e0 10.140.8.9/24
  local name number=0
  for name in one two; do
    number=$((number + 1))
    ip_ host link add "i$number" link e0 type ipvlan mode l2
    ip_ host link set "i$number" netns "$RUN.$name"
    ip_ "$name" link set "i$number" up
    address "$name" "i$number" "10.140.8.1$number/24"
  done
  ip_ one neigh add 10.140.8.12 lladdr "$(mac host e0)" dev i1
  ip_ two neigh add 10.140.8.11 lladdr "$(mac host e0)" dev i2
}
fault() { ip_ one link set i1 type ipvlan vepa; }
traffic() { ping_ one 10.140.8.12; }
