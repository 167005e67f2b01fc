# IPVS hands the frame on to a real server that has nothing that listens.
# nodes: client switch director server
# fault: refused no-listener
. /work/ipvs.sh
build() { direct 219; listen server tcp 80; }
fault() { silence server; }
traffic() { ask client tcp 10.219.0.9 80; }
