# The only real server of the IPVS service has a weight of zero, as one that is taken out of it.
# nodes: client director server
# fault: dropped service-without-endpoint
. /work/ipvs.sh
build() { masqueraded 181; listen server tcp 80; }
fault() { in_ director ipvsadm -e -t 10.181.4.1:80 -r 10.181.1.2:80 -m -w 0; }
traffic() { ask client tcp 10.181.4.1 80; }
