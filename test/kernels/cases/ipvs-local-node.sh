# The director of IPVS is its own real server (local node), and nothing listens there any more.
# nodes: client director server
# fault: refused no-listener
. /work/ipvs.sh
build() {
  between 51
  in_ director ipvsadm -a -t 10.51.4.1:80 -r 10.51.1.1:80 -m
  listen director tcp 80
}
fault() { silence director; }
traffic() { ask client tcp 10.51.4.1 80; }
