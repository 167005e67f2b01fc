"""ask.py tcp|udp|sctp ADDRESS PORT SECONDS: asks once, and prints the answer or why there is none."""
import socket, sys
protocol, host, port, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
s = socket.socket(socket.AF_INET, kind, 132 if protocol == "sctp" else 0)
s.settimeout(seconds)
try:
    s.connect((host, port))
    s.send(b"question")
    print(protocol, host, port, s.recv(100))
except OSError as error:
    print(protocol, host, port, repr(error))
