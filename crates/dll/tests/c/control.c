/*
 * Console control handlers as a server has them: says what comes, and ends after so many events, or as the
 * mode given on the command line lets it.
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static HANDLE enough;
static DWORD main_thread;
static int left;
static const char *mode;

static void say(const char *who, DWORD event)
{
    printf("%s %u%s\n", who, (unsigned)event, GetCurrentThreadId() == main_thread ? " on the main thread" : "");
    fflush(stdout);
}

static BOOL WINAPI earlier(DWORD event)
{
    say("earlier", event);
    if (--left == 0) SetEvent(enough);
    return strcmp(mode, "refuse") != 0;
}

static BOOL WINAPI later(DWORD event)
{
    say("later", event);
    return FALSE;
}

static BOOL WINAPI removed(DWORD event)
{
    say("removed", event);
    return TRUE;
}

int main(int argc, char **argv)
{
    mode = argc > 1 ? argv[1] : "";
    left = argc > 2 ? atoi(argv[2]) : 0;
    main_thread = GetCurrentThreadId();
    enough = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (strcmp(mode, "ignore") == 0) {
        if (!SetConsoleCtrlHandler(NULL, TRUE)) return 2;
    } else {
        if (!SetConsoleCtrlHandler(earlier, TRUE) || !SetConsoleCtrlHandler(later, TRUE)) return 2;
        if (!SetConsoleCtrlHandler(removed, TRUE) || !SetConsoleCtrlHandler(removed, FALSE)) return 2;
    }
    if (strcmp(mode, "none") == 0) {
        if (!SetConsoleCtrlHandler(earlier, FALSE) || !SetConsoleCtrlHandler(later, FALSE)) return 2;
    }
    printf("ready\n");
    fflush(stdout);
    if (strcmp(mode, "self") == 0 && !GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0)) return 3;
    WaitForSingleObject(enough, strcmp(mode, "ignore") == 0 ? 300 : 20000);
    printf("over\n");
    return 0;
}
