# tc rewrites the frames' link address into one that the receiver does not have.
# nodes: a b
# fault: dropped destination-mac-mismatch
build() { pair a b 10.192.11; ip_ a neigh add 10.192.11.2 lladdr "$(mac b e0)" dev e0; }
fault() {
  tc_ a qdisc add dev e0 clsact
  tc_ a filter add dev e0 egress protocol ip flower dst_ip 10.192.11.2 \
    action pedit ex munge eth dst set 02:00:00:00:de:ad pipe
}
traffic() { ping_ a 10.192.11.2; }
