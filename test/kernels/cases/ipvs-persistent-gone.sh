# IPVS keeps a client at its real server (persistent) that takes no new clients (weight 0) and listens no more.
# nodes: client director server
# fault: refused no-listener
# besides: dropped no-listener
. /work/ipvs.sh
build() {
  between 32
  address server e0 10.32.1.3/24
  in_ director ipvsadm -E -t 10.32.4.1:80 -s rr -p 300
  in_ director ipvsadm -a -t 10.32.4.1:80 -r 10.32.1.2:80 -m
  listen server tcp 80
  listen server tcp 81
  ask client tcp 10.32.4.1 80
}
fault() {
  in_ director ipvsadm -a -t 10.32.4.1:80 -r 10.32.1.3:81 -m
  in_ director ipvsadm -e -t 10.32.4.1:80 -r 10.32.1.2:80 -m -w 0
  silence server
  listen server tcp 81
}
traffic() { ask client tcp 10.32.4.1 80; }
