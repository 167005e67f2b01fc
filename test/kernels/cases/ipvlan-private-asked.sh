# ipvlan in mode private keeps its devices from each other, so that no question for its link address is answered.
# nodes: host=host,one,two far
# fault: dropped macvlan-isolation
build() {
  ns host one two far
  veth host e0 far e0
  local name number=0
  for name in one two; do
    number=$((number + 1))
    ip_ host link add "i$number" link e0 type ipvlan mode l2
    ip_ host link set "i$number" netns "$RUN.$name"
    ip_ "$name" link set "i$number" up
    address "$name" "i$number" "10.205.0.1$number/24"
  done
}
fault() { ip_ one link set i1 type ipvlan private; }
traffic() { ping_ one 10.205.0.12; }
