# Two peers sign their TCP segments (MD5, as BGP does), each with another key.
# nodes: a b
# fault: dropped tcp-signature-invalid
build() {
  pair a b 10.142.0
  signed b 10.142.0.1 one serve
}
# signed NODE PEER KEY serve|ask: a socket with that key for the peer.
signed() {
  local program='import socket, struct, sys
peer, key, what = sys.argv[1:]
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
name = struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_aton(peer)).ljust(128, b"\0")
s.setsockopt(socket.SOL_TCP, 14, name + struct.pack("=BBHi80s", 0, 0, len(key), 0, key.encode()))
if what == "serve":
    s.bind(("", 179)); s.listen(8)
    while True:
        c, _ = s.accept(); c.recv(100); c.sendall(b"answer"); c.close()
s.settimeout(3)
try:
    s.connect((peer, 179)); s.sendall(b"question"); s.recv(100)
except OSError: pass'
  if [ "$4" = serve ]; then
    in_ "$1" setsid python3 -c "$program" "$2" "$3" "$4" </dev/null >/dev/null 2>&1 &
    sleep 2
  else in_ "$1" python3 -c "$program" "$2" "$3" "$4"; fi
}
fault() { touch "/tmp/$RUN.other"; }
traffic() {
  local key=one
  if [ -e "/tmp/$RUN.other" ]; then key=two; fi
  signed a 10.142.0.2 $key ask
}
