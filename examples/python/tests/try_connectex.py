"""Python's sockets, and Winsock's operations on them."""

import errno
import socket
import threading

import connectex

WSAECONNREFUSED = 10061
WSAENOTSOCK = 10038
ERROR_OPERATION_ABORTED = 995


def error_of(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
    return 0


def main():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        peer, _ = listener.accept()
        with peer:
            text = b""
            while not text.endswith(b"\n"):
                text += peer.recv(100)
            peer.sendall(text.upper())
            peer.recv(1)

    server = threading.Thread(target=serve)
    server.start()
    with socket.socket() as s:
        print("sent", connectex.connect(s.fileno(), listener.getsockname(), b"first data, "))
        print("the peer is the listener:", s.getpeername() == listener.getsockname())
        # Python's own calls go on working, in between.
        s.sendall(b"and more\n")
        text = b""
        while not text.endswith(b"\n"):
            text += connectex.recv(s.fileno(), 100)
        print("received", text)
        print("nothing for 20 ms:", error_of(connectex.recv, s.fileno(), 100, 20) == ERROR_OPERATION_ABORTED)
        s.sendall(b"!")
        print("the end:", connectex.recv(s.fileno(), 100))
    server.join()

    # Another socket under the number of one that was closed is another socket.
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = closed.getsockname()
        for _ in range(3):
            with socket.socket() as s:
                assert error_of(connectex.connect, s.fileno(), nobody, b"") == WSAECONNREFUSED
        print("refused three times")
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with left, right:
        print("a local socket cannot connect:", error_of(connectex.connect, left.fileno(), nobody, b"") != 0)

    threads = []
    results = []

    def one_of_many(number):
        with socket.socket() as s:
            word = b"%d" % number
            connectex.connect(s.fileno(), listener.getsockname(), word)
            results.append(connectex.recv(s.fileno(), 10, 10000) == word[::-1])

    for number in range(10, 18):
        thread = threading.Thread(target=one_of_many, args=(number,))
        thread.start()
        threads.append(thread)
    for _ in threads:
        peer, _ = listener.accept()
        with peer:
            peer.sendall(peer.recv(2, socket.MSG_WAITALL)[::-1])
    for thread in threads:
        thread.join()
    print(sum(results), "of", len(threads), "threads")
    with open("/dev/null") as file:
        print("not a socket:", error_of(connectex.recv, file.fileno(), 1) == WSAENOTSOCK)
    print("WSAECONNREFUSED is not ECONNREFUSED:", WSAECONNREFUSED != errno.ECONNREFUSED)
    listener.close()


main()
