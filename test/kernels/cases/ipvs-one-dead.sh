# One of two real servers of IPVS has nothing that listens; healthy, its weight is nought.
# nodes: client director server
# fault: refused no-listener
. /work/ipvs.sh
build() {
  masqueraded 168
  address server e0 10.168.1.3/24
  in_ director ipvsadm -a -t 10.168.4.1:80 -r 10.168.1.3:81 -m -w 0
  listen server tcp 80
}
fault() {
  in_ director ipvsadm -e -t 10.168.4.1:80 -r 10.168.1.3:81 -m -w 1
  in_ director ipvsadm -e -t 10.168.4.1:80 -r 10.168.1.2:80 -m -w 0
}
traffic() { ask client tcp 10.168.4.1 80; }
