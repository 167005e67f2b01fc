# The real server of the IPVS service has nothing that listens.
# nodes: client director server
# fault: refused no-listener
. /work/ipvs.sh
build() { masqueraded 205; listen server tcp 80; }
fault() { silence server; }
traffic() { ask client tcp 10.205.4.1 80; }
