"""burst.py ADDRESS PORT COUNT: sends datagrams of 200 bytes from one port, one after the other."""
import socket, sys
host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((host, port))
for _ in range(count):
    try:
        s.send(b"x" * 200)
    except OSError:
        pass
