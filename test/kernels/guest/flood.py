"""flood.py ADDRESS PORT COUNT BYTES SECONDS: sends datagrams, each from a port of its own, and waits so
long for the answer of each; 0: for none."""
import socket, sys
host, port, count, size, seconds = sys.argv[1], *map(int, sys.argv[2:6])
for _ in range(count):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(seconds or None)
    try:
        s.sendto(b"x" * size, (host, port))
        if seconds:
            s.recv(2048)
    except OSError as error:
        print(repr(error))
