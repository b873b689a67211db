// All of it at once: named pipes and serial ports too, which are declared.
#include <asio.hpp>
#include <stdio.h>

int main() {
    asio::io_context context;
    asio::post(context, [] { puts("all of Asio"); });
    context.run();
}
