"""bulk.py ADDRESS PORT BYTES: sends so many in one connection, ends its half, and reads what comes."""
import socket, sys
host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
s = socket.socket()
s.settimeout(30)
try:
    s.connect((host, port))
    s.sendall(b"x" * count)
    s.shutdown(socket.SHUT_WR)
    read = 0
    while piece := s.recv(65536):
        read += len(piece)
    print("bulk", host, port, read)
except OSError as error:
    print("bulk", host, port, repr(error))
