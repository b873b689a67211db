// connect+send and echo on Asio: a context that all threads run, callbacks. Compiled by linsock-c++ it is the same program on
// Asio's Windows side.
//
//     asio echo THREADS HOLD
//     asio connect PORT THREADS HOLD SILENT
#include <asio.hpp>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>
#include "contestant.h"

using asio::ip::tcp;

// linsock's bind does so by itself, and for Windows 24 is another option.
#ifndef _WIN32
#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif
using Option = asio::detail::socket_option::boolean<IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT>;
#endif

static unsigned char block[BLOCK_BYTES];

// Echo.

struct Connection : std::enable_shared_from_this<Connection> {
    tcp::socket socket;
    unsigned char bytes[BLOCK_BYTES];

    explicit Connection(tcp::socket accepted) : socket(std::move(accepted))
    {
        socket.set_option(tcp::no_delay(true));
    }
    void receive()
    {
        socket.async_read_some(asio::buffer(bytes), [self = shared_from_this()](std::error_code error, size_t n) {
            if (!error)
                self->send(n);
        });
    }
    void send(size_t n)
    {
        asio::async_write(socket, asio::buffer(bytes, n), [self = shared_from_this()](std::error_code error, size_t) {
            if (!error)
                self->receive();
        });
    }
};

static void accept_on(tcp::acceptor &acceptor)
{
    acceptor.async_accept([&acceptor](std::error_code error, tcp::socket socket) {
        CHECK(!error);
        std::make_shared<Connection>(std::move(socket))->receive();
        accept_on(acceptor);
    });
}

// Runs the context on so many threads for good.
static void run(asio::io_context &context, int threads)
{
    for (int i = 0; i < threads; i++)
        std::thread([&context] { context.run(); }).detach();
}

static void echo(int threads, int hold)
{
    asio::io_context context(threads);
    auto forever = asio::make_work_guard(context);
    tcp::acceptor acceptor(context, tcp::endpoint(tcp::v4(), 0));
    acceptor.listen(4096);
    say("port", acceptor.local_endpoint().port());
    if (hold > 0) {
        std::vector<std::shared_ptr<Connection>> held;
        for (int i = 0; i < hold; i++)
            held.push_back(std::make_shared<Connection>(acceptor.accept()));
        run(context, threads);
        say("held", hold);
        CHECK(hear());
        std::atomic<bool> begun = false;
        asio::post(context, [&] {
            for (auto &connection : held)
                connection->receive();
            begun = true;
        });
        while (!begun)
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        held.clear();
        say("held", hold);
    } else {
        run(context, threads);
    }
    asio::post(context, [&] { accept_on(acceptor); });
    while (hear())
        ;
    fflush(stdout);
    _Exit(0);
}

// Connect and send.

static std::atomic<uint64_t> running, ended;

struct Attempt : std::enable_shared_from_this<Attempt> {
    tcp::socket socket;
    tcp::endpoint peer;
    uint64_t started = 0;
    bool holds = false;

    Attempt(asio::io_context &context, tcp::endpoint to) : socket(context), peer(to) {}
    void open()
    {
        socket.open(tcp::v4());
#ifndef _WIN32
        socket.set_option(Option(true));
#endif
        socket.bind(tcp::endpoint(tcp::v4(), 0));
    }
    void next()
    {
        started = now_nanoseconds();
        if (!round_take(started)) {
            if (--running == 0)
                running.notify_all();
            return;
        }
        open();
        connect();
    }
    void connect()
    {
        socket.async_connect(peer, [self = shared_from_this()](std::error_code error) {
            if (self->holds)
                return;
            CHECK(!error);
            self->send();
        });
    }
    void send()
    {
        asio::async_write(socket, asio::buffer(block), [self = shared_from_this()](std::error_code error, size_t n) {
            CHECK(!error && n == BLOCK_BYTES);
            latency_record(now_nanoseconds() - self->started);
            self->socket.set_option(asio::socket_base::linger(true, 0));
            self->socket.close();
            ended++;
            self->next();
        });
    }
};

static tcp::endpoint address(unsigned index, unsigned short port)
{
    return tcp::endpoint(asio::ip::address_v4(INADDR_LOOPBACK + index), port);
}

static void connect_and_send(unsigned short port, int threads, int hold, unsigned short silent)
{
    asio::io_context context(threads);
    auto forever = asio::make_work_guard(context);
    std::vector<std::shared_ptr<Attempt>> held;
    for (int i = 0; i < hold; i++) {
        held.push_back(std::make_shared<Attempt>(context, address(i / PER_ADDRESS, silent)));
        held.back()->holds = true;
        held.back()->open();
    }
    run(context, threads);
    if (hold > 0) {
        say("held", hold);
        CHECK(hear());
        std::atomic<bool> begun = false;
        asio::post(context, [&] {
            for (auto &attempt : held)
                attempt->connect();
            begun = true;
        });
        while (!begun)
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        say("held", hold);
    }
    while (round_read()) {
        ended = 0;
        running = contestant_round.in_flight;
        for (uint64_t i = 0; i < contestant_round.in_flight; i++) {
            auto attempt = std::make_shared<Attempt>(context, address(0, port));
            asio::post(context, [attempt] { attempt->next(); });
        }
        while (uint64_t some = running)
            running.wait(some);
        round_answer(ended);
    }
    fflush(stdout);
    _Exit(0);
}

int main(int count, char **arguments)
{
    block_fill(block);
    if (count == 4 && strcmp(arguments[1], "echo") == 0)
        echo(atoi(arguments[2]), atoi(arguments[3]));
    else if (count == 6 && strcmp(arguments[1], "connect") == 0)
        connect_and_send(atoi(arguments[2]), atoi(arguments[3]), atoi(arguments[4]), atoi(arguments[5]));
    fprintf(stderr, "asio echo THREADS HOLD | asio connect PORT THREADS HOLD SILENT\n");
    return 2;
}
