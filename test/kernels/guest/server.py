"""server.py tcp|udp|udp-refusing|sctp|bulk|tproxy|idle PORT [six]: says a line when it listens, then answers what it is
asked, until it is killed. One that is refusing has a filter at its socket that takes nothing; six: of IPv6, where it is none of UDP.
One of tproxy takes connections to any address, one that is idle lets a single connection wait and takes none."""
import ctypes, socket, struct, sys, time
protocol, port = sys.argv[1], int(sys.argv[2])
if protocol.startswith("udp"):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if protocol == "udp-refusing":
        # One instruction of classic BPF (return 0), as struct sock_fprog for SO_ATTACH_FILTER (26).
        program = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
        s.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HP", 1, ctypes.addressof(program)))
    s.bind(("", port))
    print("listening", flush=True)
    while True:
        _, asker = s.recvfrom(2048)
        s.sendto(b"answer", asker)
family = socket.AF_INET6 if "six" in sys.argv else socket.AF_INET
s = socket.socket(family, socket.SOCK_STREAM, 132 if protocol == "sctp" else 0)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if protocol == "tproxy":
    s.setsockopt(socket.SOL_IP, 19, 1)
s.bind(("", port))
s.listen(0 if protocol == "idle" else 8)
print("listening", flush=True)
while protocol == "idle":
    time.sleep(60)
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
