# macvlan in mode vepa leaves it to the switch to send frames back, which it does not do, so that no question for its link address is answered.
# nodes: host=host,one,two far
# fault: dropped macvlan-isolation
build() {
  ns host one two far
  veth host e0 far e0
  address far e0 10.231.0.9/24
  local name number=0
  for name in one two; do
    number=$((number + 1))
    ip_ host link add "m$number" link e0 type macvlan mode bridge
    ip_ host link set "m$number" netns "$RUN.$name"
    ip_ "$name" link set "m$number" up
    address "$name" "m$number" "10.231.0.1$number/24"
  done
}
fault() {
  ip_ one link set m1 type macvlan mode vepa
  ip_ two link set m2 type macvlan mode vepa
}
traffic() { ping_ one 10.231.0.12; }
