# IPVS sends in an IPIP tunnel to a real server whose tunnel device is down.
# nodes: client director server
# fault: dropped tunnel-blocked
. /work/ipvs.sh
build() { tunnelling 217; listen server tcp 80; }
fault() { ip_ server link set tunl0 down; }
traffic() { ask client tcp 10.217.4.1 80; }
