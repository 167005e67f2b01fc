"""server.py tcp|udp|sctp|bulk PORT: says a line when it listens, then answers what it is
asked, until it is killed."""
import socket, sys
protocol, port = sys.argv[1], int(sys.argv[2])
if protocol == "udp":
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("", port))
    print("listening", flush=True)
    while True:
        _, asker = s.recvfrom(2048)
        s.sendto(b"answer", asker)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132 if protocol == "sctp" else 0)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(8)
print("listening", flush=True)
while True:
    asker, _ = s.accept()
    try:
        if protocol == "bulk":
            read = 0
            while piece := asker.recv(65536):
                read += len(piece)
            asker.sendall(b"y" * read)
        else:
            asker.recv(100)
            asker.sendall(b"answer")
            # The asker may hold on to its association, so that more than one of its paths is tried.
            if protocol == "sctp":
                asker.recv(100)
        asker.close()
    except OSError:
        pass
