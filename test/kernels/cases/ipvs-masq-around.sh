# The real server of IPVS answers the client by another way than the director, which translates nothing.
# nodes: client director server
# fault: mis-answered reply-not-translated
# besides: dropped reply-not-translated
. /work/ipvs.sh
build() { masqueraded 182; listen server tcp 80; }
fault() {
  veth client e1 server e1
  address client e1 10.182.2.1/24
  address server e1 10.182.2.2/24
  ip_ server route add 10.182.0.0/24 via 10.182.2.1
}
traffic() { ask client tcp 10.182.4.1 80; }
