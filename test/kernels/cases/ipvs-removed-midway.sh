# The real server of IPVS is taken out of the service while a connection is used, whose packets IPVS drops from then on.
# nodes: client director server
# fault: dropped service-without-endpoint
. /work/ipvs.sh
build() {
  masqueraded 44
  listen server bulk 80
}
fault() { touch "/run/out-$RUN"; }
traffic() {
  in_ client python3 -c 'import socket, time
s = socket.create_connection(("10.44.4.1", 80), 3)
for _ in range(6):
    s.sendall(b"x" * 50)
    time.sleep(0.4)' &
  sleep 1
  [ ! -e "/run/out-$RUN" ] || in_ director ipvsadm -d -t 10.44.4.1:80 -r 10.44.1.2:80
  wait $! || true
}
