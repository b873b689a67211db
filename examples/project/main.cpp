#include <iostream>
#include <string>
#include <windows.h>
#include <winsock2.h>
#include "transport.h"

#if !defined(_WIN32) || defined(__linux__) || defined(__unix__)
#error "this program is for Windows"
#endif

std::string text_for(int number);

int main()
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    char back[100] = {};
    const std::string text = text_for(5);
    const int got = transport_echo(text.c_str(), back, sizeof back);
    std::cout << got << " bytes: " << back << std::endl;
    WSACleanup();
    return got == static_cast<int>(text.size()) && text == back ? 0 : 1;
}
