# The IPVS service in tunnel mode has no real server.
# nodes: client director server
# fault: dropped service-without-endpoint
. /work/ipvs.sh
build() { tunnelling 215; listen server tcp 80; }
fault() { in_ director ipvsadm -d -t 10.215.4.1:80 -r 10.215.1.2:80; }
traffic() { ask client tcp 10.215.4.1 80; }
