"""ask.py tcp|udp|sctp ADDRESS PORT SECONDS HOLD: asks once, prints the answer or why there is none, and
holds on to the connection so long."""
import socket, sys, time
protocol, host, port, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
hold = float(sys.argv[5])
kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
family = socket.AF_INET6 if ":" in host else socket.AF_INET
s = socket.socket(family, kind, 132 if protocol == "sctp" else 0)
s.settimeout(seconds)
try:
    s.connect((host, port))
    s.send(b"question")
    print(protocol, host, port, s.recv(100), flush=True)
    time.sleep(hold)
except OSError as error:
    print(protocol, host, port, repr(error))
