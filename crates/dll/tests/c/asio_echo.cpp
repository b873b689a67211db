// Asio's completion-port backend, as it is: an echo over TCP, a timer, a refused connection.
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <cstdio>
#include <cstring>

using asio::ip::tcp;

#if !defined(ASIO_HAS_IOCP)
#error "Asio did not choose completion ports"
#endif

int main() {
    static const char text[] = "over a completion port";
    static char there[sizeof text], back[sizeof text];
    asio::io_context io;
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::acceptor closed(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::endpoint nobody = closed.local_endpoint();
    closed.close();
    tcp::socket server(io), client(io), refused(io);
    asio::steady_timer timer(io, std::chrono::milliseconds(20));
    int echoed = 0, expired = 0, refusal = 0, failures = 0;
    auto good = [&](const std::error_code &error) {
        if (error) failures++;
        return !error;
    };
    timer.async_wait([&](std::error_code e) { expired = good(e); });
    acceptor.async_accept(server, [&](std::error_code e) {
        if (!good(e)) return;
        asio::async_read(server, asio::buffer(there), [&](std::error_code e, std::size_t) {
            if (!good(e)) return;
            asio::async_write(server, asio::buffer(there), [&](std::error_code e, std::size_t) { good(e); });
        });
    });
    client.async_connect(acceptor.local_endpoint(), [&](std::error_code e) {
        if (!good(e)) return;
        asio::async_write(client, asio::buffer(text), [&](std::error_code e, std::size_t) {
            if (!good(e)) return;
            asio::async_read(client, asio::buffer(back), [&](std::error_code e, std::size_t n) {
                echoed = good(e) && n == sizeof text && !std::memcmp(back, text, n);
            });
        });
    });
    refused.async_connect(nobody, [&](std::error_code e) { refusal = e.value(); });
    io.run();
    std::printf("echoed %d, expired %d, refused with %d, %d failures\n", echoed, expired, refusal, failures);
}
