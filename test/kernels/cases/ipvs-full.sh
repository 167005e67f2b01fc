# The only real server of the IPVS service may have one connection, and has it.
# nodes: client director server
# fault: dropped service-without-endpoint
# besides: refused service-without-endpoint
. /work/ipvs.sh
build() {
  between 185
  in_ director ipvsadm -a -t 10.185.4.1:80 -r 10.185.1.2:80 -m -x 9
  listen server tcp 80
}
fault() { in_ director ipvsadm -e -t 10.185.4.1:80 -r 10.185.1.2:80 -m -x 1; }
traffic() {
  ask client tcp 10.185.4.1 80
  ask client tcp 10.185.4.1 80
}
