/* What a program sees of the console it runs at: modes, lines, single keys. Its report goes to standard error. */
#include <windows.h>
#include <conio.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD mode = 0, out_mode = 0, count = 0;
    char line[32];
    WCHAR wide[32];
    int tries = 0;
    CONSOLE_SCREEN_BUFFER_INFO screen;

    if (!GetConsoleMode(in, &mode) || !GetConsoleMode(out, &out_mode)) return 1;
    fprintf(stderr, "modes %x %x, type %d\n", (unsigned)(mode & 7), (unsigned)out_mode, (int)GetFileType(in));
    if (!ReadConsoleW(in, wide, 32, &count, NULL)) return 2;
    fprintf(stderr, "line of %u, %d\n", (unsigned)count, wide[0] == 'h' && wide[count - 2] == '\r');
    if (!SetConsoleMode(in, mode & ~(DWORD)ENABLE_ECHO_INPUT) || !GetConsoleMode(in, &mode)) return 3;
    fprintf(stderr, "without echo %x\n", (unsigned)(mode & 7));
    if (SetConsoleMode(in, ENABLE_ECHO_INPUT) || GetLastError() != ERROR_INVALID_PARAMETER) return 4;
    if (!ReadFile(in, line, sizeof line, &count, NULL)) return 5;
    fprintf(stderr, "read %.*s\n", (int)count - 1, line);
    while (!_kbhit() && tries++ < 1000) Sleep(10);
    fprintf(stderr, "key %c\n", _getch());
    _ungetch('u');
    tries = _kbhit();
    fprintf(stderr, "key %d %c\n", tries, _getch());
    printf("held back ");
    if (!GetConsoleScreenBufferInfo(out, &screen) || !SetConsoleTextAttribute(out, FOREGROUND_RED)) return 7;
    fprintf(stderr, "screen %dx%d, colours %d\n", screen.dwSize.X, screen.srWindow.Bottom + 1, screen.wAttributes);
    if (!GetConsoleScreenBufferInfo(out, &screen) || screen.wAttributes != FOREGROUND_RED) return 8;
    if (SetConsoleTextAttribute(NULL, 7) || GetLastError() != ERROR_INVALID_HANDLE) return 9;
    printf("and more ");
    if (!WriteConsoleW(out, L"\x00FC!", 2, &count, NULL) || count != 2) return 6;
    return 0;
}
