# macvlan in mode source takes what listed senders send; the sender is not in its list (any more), so that no question for its link address is answered.
# nodes: a host=host,one
# fault: dropped macvlan-isolation
build() {
  ns a host one
  veth a e0 host e0
  address a e0 10.180.12.1/24
  ip_ host link add m1 link e0 type macvlan mode source
  ip_ host link set m1 type macvlan macaddr add "$(mac a e0)"
  ip_ host link set m1 netns "$RUN.one"
  ip_ one link set m1 up
  address one m1 10.180.12.11/24
}
fault() { ip_ one link set m1 type macvlan macaddr flush; }
traffic() { ping_ a 10.180.12.11; }
