"""burst.py ADDRESS PORT COUNT: sends datagrams of 200 bytes from one port, one after the other, and
reads the answers until none came for a second."""
import socket, sys
host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((host, port))
for _ in range(count):
    try:
        s.send(b"x" * 200)
    except OSError:
        pass
s.settimeout(1)
try:
    while True:
        s.recv(2048)
except OSError:
    pass
