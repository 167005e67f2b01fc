# IPVS sends in an IPIP tunnel to a real server that has nothing that listens.
# nodes: client director server
# fault: refused no-listener
. /work/ipvs.sh
build() { tunnelling 216; listen server tcp 80; }
fault() { silence server; }
traffic() { ask client tcp 10.216.4.1 80; }
