# The IPVS service in direct routing mode has no real server.
# nodes: client switch director server
# fault: dropped service-without-endpoint
. /work/ipvs.sh
build() { direct 218; listen server tcp 80; }
fault() { in_ director ipvsadm -d -t 10.218.0.9:80 -r 10.218.0.3:80; }
traffic() { ask client tcp 10.218.0.9 80; }
