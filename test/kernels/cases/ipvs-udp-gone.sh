# The real server of an IPVS service of UDP is gone: nobody answers who asks for its link address.
# nodes: client director server
# fault: dropped service-without-endpoint
. /work/ipvs.sh
build() {
  between 143
  in_ director ipvsadm -A -u 10.143.4.1:53 -s rr
  in_ director ipvsadm -a -u 10.143.4.1:53 -r 10.143.1.2:53 -m
  listen server udp 53
}
fault() { ip_ server addr del 10.143.1.2/24 dev e0; }
traffic() { ask client udp 10.143.4.1 53; }
