# macvlan in mode private keeps its devices from each other.
# nodes: host=host,one,two far
# fault: dropped macvlan-isolation
build() { macvlans bridge; }
macvlans() {
  ns host one two far
  veth host e0 far e0
  address far e0 10.230.0.9/24
  local name number=0
  for name in one two; do
    number=$((number + 1))
    ip_ host link add "m$number" link e0 type macvlan mode "$1"
    ip_ host link set "m$number" netns "$RUN.$name"
    ip_ "$name" link set "m$number" up
    address "$name" "m$number" "10.230.0.1$number/24"
  done
}
fault() {
  ip_ one link set m1 type macvlan mode private
  ip_ two link set m2 type macvlan mode private
}
traffic() { ping_ one 10.230.0.12; }
