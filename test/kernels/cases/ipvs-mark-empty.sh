# A rule marks what is for the service, and the IPVS service of that mark has no real server.
# nodes: client director server
# fault: dropped service-without-endpoint
. /work/ipvs.sh
build() {
  between 191
  in_ director ipvsadm -D -t 10.191.4.1:80
  in_ director iptables -t mangle -A PREROUTING -d 10.191.4.1/32 -p tcp --dport 80 -j MARK --set-mark 7
  in_ director ipvsadm -A -f 7 -s rr
  in_ director ipvsadm -a -f 7 -r 10.191.1.2:0 -m
  listen server tcp 80
}
fault() { in_ director ipvsadm -d -f 7 -r 10.191.1.2:0; }
traffic() { ask client tcp 10.191.4.1 80; }
