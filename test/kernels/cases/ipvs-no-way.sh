# The director of IPVS has no route to the real server that it chose.
# nodes: client director server
# fault: dropped no-route
# besides: refused no-route
. /work/ipvs.sh
build() {
  between 184
  ip_ server addr add 10.184.7.2/32 dev lo
  ip_ director route add 10.184.7.0/24 via 10.184.1.2
  in_ director ipvsadm -a -t 10.184.4.1:80 -r 10.184.7.2:80 -m
  listen server tcp 80
}
fault() { ip_ director route del 10.184.7.0/24; }
traffic() { ask client tcp 10.184.4.1 80; }
