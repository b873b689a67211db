// Asio's completion-port backend over TCP: an echo server and its clients, connecting to where nobody is, cancelling,
// and one io_context that several threads run.
#include <asio.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using asio::ip::tcp;

#if !defined(ASIO_HAS_IOCP)
#error "Asio did not choose completion ports"
#endif

class session : public std::enable_shared_from_this<session> {
public:
    explicit session(tcp::socket socket) : socket_(std::move(socket)) {}
    void start() { read(); }

private:
    void read() {
        auto self = shared_from_this();
        socket_.async_read_some(asio::buffer(data_), [this, self](std::error_code error, std::size_t bytes) {
            if (!error) write(bytes);
        });
    }
    void write(std::size_t bytes) {
        auto self = shared_from_this();
        asio::async_write(socket_, asio::buffer(data_, bytes), [this, self](std::error_code error, std::size_t) {
            if (!error) read();
        });
    }

    tcp::socket socket_;
    std::array<char, 1024> data_;
};

class server {
public:
    explicit server(asio::io_context &io) : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        accept();
    }
    tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
    void close() { acceptor_.close(); }
    int accepted = 0;
    std::error_code end;

private:
    void accept() {
        acceptor_.async_accept([this](std::error_code error, tcp::socket socket) {
            if (error) {
                end = error;
                return;
            }
            accepted++;
            std::make_shared<session>(std::move(socket))->start();
            accept();
        });
    }

    tcp::acceptor acceptor_;
};

static void echo() {
    asio::io_context io;
    server server(io);
    tcp::socket client(io);
    std::string out(100000, 'x'), in(out.size(), ' ');
    int written = 0;
    for (std::size_t i = 0; i < out.size(); i++) out[i] = static_cast<char>('a' + i % 26);
    client.async_connect(server.endpoint(), [&](std::error_code error) {
        std::printf("connected: %d\n", error.value());
        client.set_option(tcp::no_delay(true));
        asio::async_write(client, asio::buffer(out), [&](std::error_code error, std::size_t bytes) {
            if (!error) written = static_cast<int>(bytes);
        });
        asio::async_read(client, asio::buffer(in), [&](std::error_code error, std::size_t bytes) {
            std::printf("read: %d, %d bytes, %s\n", error.value(), static_cast<int>(bytes), in == out ? "the same" : "other");
            client.close();
            server.close();
        });
    });
    io.run();
    std::printf("written %d bytes\n", written);
    std::printf("accepted %d, ended with %d\n", server.accepted, server.end.value());
}

static void nobody() {
    asio::io_context io;
    tcp::acceptor closed(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::endpoint refusing = closed.local_endpoint();
    closed.close();
    tcp::socket refused(io), unreachable(io), one_of(io);
    // This runs where no other network is.
    tcp::endpoint nowhere(asio::ip::make_address("192.0.2.1"), 9);
    refused.async_connect(refusing, [](std::error_code error) {
        std::printf("refused: %d\n", error == asio::error::connection_refused ? 1 : error.value());
    });
    io.run();
    io.restart();
    unreachable.async_connect(nowhere, [](std::error_code error) {
        std::printf("unreachable: %d\n", error == asio::error::network_unreachable ? 1 : error.value());
    });
    io.run();
    io.restart();
    server server(io);
    std::vector<tcp::endpoint> list{refusing, nowhere, server.endpoint()};
    asio::async_connect(one_of, list, [&](std::error_code error, const tcp::endpoint &which) {
        std::printf("one of three: %d, the %s\n", error.value(), which == list[2] ? "third" : "wrong one");
        one_of.close();
        server.close();
    });
    io.run();
    std::error_code error;
    asio::connect(refused, std::vector<tcp::endpoint>{refusing}, error);
    std::printf("refused, blocking: %d\n", error == asio::error::connection_refused ? 1 : error.value());
    tcp::resolver resolver(io);
    resolver.async_resolve("127.0.0.1", "80", [](std::error_code error, tcp::resolver::results_type results) {
        std::printf("resolved: %d, %s\n", error.value(), results.begin()->endpoint().address().to_string().c_str());
    });
    io.restart();
    io.run();
}

static void cancelling() {
    asio::io_context io;
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket client(io);
    client.connect(acceptor.local_endpoint());
    tcp::socket peer = acceptor.accept();
    asio::steady_timer timer(io);
    char data[16];
    int handlers = 0;
    auto aborted = [&](const char *what) {
        return [&handlers, what](std::error_code error, std::size_t bytes) {
            handlers++;
            std::printf("%s: %s, %d bytes\n", what, error == asio::error::operation_aborted ? "aborted" : "another end",
                        static_cast<int>(bytes));
        };
    };
    client.async_read_some(asio::buffer(data), aborted("a read, cancelled"));
    timer.expires_after(std::chrono::milliseconds(20));
    timer.async_wait([&](std::error_code) { client.cancel(); });
    io.run();
    io.restart();
    client.async_read_some(asio::buffer(data), [&](std::error_code error, std::size_t bytes) {
        aborted("a read of a closed socket")(error, bytes);
        acceptor.cancel();
    });
    acceptor.async_accept([&](std::error_code error, tcp::socket) {
        handlers++;
        std::printf("accepting: %s\n", error == asio::error::operation_aborted ? "aborted" : "another end");
    });
    timer.expires_after(std::chrono::milliseconds(20));
    timer.async_wait([&](std::error_code) { client.close(); });
    io.run();
    io.restart();
    // A timer as the time limit of a read.
    tcp::socket other(io);
    other.connect(acceptor.local_endpoint());
    asio::cancellation_signal signal;
    other.async_read_some(asio::buffer(data), asio::bind_cancellation_slot(signal.slot(), aborted("a read, by its slot")));
    timer.expires_after(std::chrono::milliseconds(20));
    timer.async_wait([&](std::error_code) { signal.emit(asio::cancellation_type::all); });
    io.run();
    io.restart();
    peer.async_read_some(asio::buffer(data), [&](std::error_code error, std::size_t) {
        handlers++;
        std::printf("the peer: %s\n", error == asio::error::eof ? "end of file" : error.message().c_str());
    });
    io.run();
    std::printf("%d handlers\n", handlers);
}

static void threads() {
    constexpr int clients = 10, rounds = 20;
    asio::io_context io;
    server server(io);
    std::atomic<int> right{0}, done{0}, ticks{0};
    int unguarded = 0;
    auto strand = asio::make_strand(io);
    struct client : std::enable_shared_from_this<client> {
        client(asio::io_context &io, int n) : socket(io), number(n) {}
        tcp::socket socket;
        int number, round = 0;
        char out = 0, in = 0;
    };
    std::function<void(std::shared_ptr<client>)> talk = [&](std::shared_ptr<client> c) {
        if (c->round++ == rounds) {
            c->socket.close();
            if (++done == clients) asio::post(io, [&] { server.close(); });
            return;
        }
        c->out = static_cast<char>(c->number * 10 + c->round);
        asio::async_write(c->socket, asio::buffer(&c->out, 1), [&, c](std::error_code error, std::size_t) {
            if (error) return;
            asio::async_read(c->socket, asio::buffer(&c->in, 1), [&, c](std::error_code error, std::size_t) {
                if (error) return;
                right += c->in == c->out;
                asio::post(strand, [&] { unguarded++; });
                talk(c);
            });
        });
    };
    for (int i = 0; i < clients; i++) {
        auto c = std::make_shared<client>(io, i);
        c->socket.async_connect(server.endpoint(), [&, c](std::error_code error) {
            if (!error) talk(c);
        });
    }
    asio::steady_timer timer(io, std::chrono::milliseconds(5));
    std::function<void(std::error_code)> tick = [&](std::error_code) {
        if (++ticks == 3) return;
        timer.expires_after(std::chrono::milliseconds(5));
        timer.async_wait(tick);
    };
    timer.async_wait(tick);
    std::vector<std::thread> pool;
    for (int i = 0; i < 4; i++) pool.emplace_back([&] { io.run(); });
    for (auto &thread : pool) thread.join();
    std::printf("%d of %d right, %d counted in the strand, %d ticks\n", right.load(), clients * rounds, unguarded,
                ticks.load());
}

int main() {
    echo();
    nobody();
    cancelling();
    threads();
}
