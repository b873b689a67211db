/* N-030..N-043: the environment, the process, threads, dates, handles. */
#include "harness.h"

TEST(n_030_variables_of_the_environment) {
    char value[16];
    CHECK(SetEnvironmentVariableA("LINSOCK_N_030", "twelve chars"));
    CHECK_EQ(GetEnvironmentVariableA("LINSOCK_N_030", value, 16), 12);
    CHECK(strcmp(value, "twelve chars") == 0);
    CHECK_EQ(GetEnvironmentVariableA("LINSOCK_N_030", value, 12), 13);
    CHECK_EQ(GetEnvironmentVariableA("LINSOCK_N_030", NULL, 0), 13);
    WCHAR wide[16];
    CHECK_EQ(GetEnvironmentVariableW(L"LINSOCK_N_030", wide, 16), 12);
    CHECK_EQ(wide[11], 's');
    CHECK(SetEnvironmentVariableA("LINSOCK_N_030", NULL));
    CHECK_BOOL_ERR(GetEnvironmentVariableA("LINSOCK_N_030", value, 16), ERROR_ENVVAR_NOT_FOUND);
    CHECK_BOOL_ERR(SetEnvironmentVariableA("A=B", "x"), ERROR_INVALID_PARAMETER);
}

TEST(n_031_where_the_program_is) {
    char path[1024], little[4];
    DWORD length = GetModuleFileNameA(NULL, path, sizeof path);
    CHECK(length > 4 && strlen(path) == length);
    SetLastError(0);
    CHECK_EQ(GetModuleFileNameA(NULL, little, 4), 4);
    CHECK_EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    CHECK_EQ(little[3], 0);
    CHECK(strlen(GetCommandLineA()) > 0 && lstrlenW(GetCommandLineW()) == lstrlenA(GetCommandLineA()));
}

TEST(n_032_the_process_itself) {
    DWORD code = 0;
    CHECK(GetExitCodeProcess(GetCurrentProcess(), &code));
    CHECK_EQ(code, STILL_ACTIVE);
    CHECK_EQ(GetProcessId(GetCurrentProcess()), GetCurrentProcessId());
    CHECK_EQ(GetThreadId(GetCurrentThread()), GetCurrentThreadId());
    DWORD_PTR own = 0, all = 0;
    CHECK(GetProcessAffinityMask(GetCurrentProcess(), &own, &all));
    CHECK(own != 0 && (own & ~all) == 0);
    char name[MAX_COMPUTERNAME_LENGTH + 1];
    DWORD room = sizeof name;
    CHECK(GetComputerNameA(name, &room) && strlen(name) == room);
    DWORD none = 0;
    CHECK_BOOL_ERR(GetComputerNameA(name, &none), ERROR_BUFFER_OVERFLOW);
    CHECK_EQ(none, room + 1);
}

TEST(n_033_threads_are_moved_and_lowered) {
    DWORD_PTR before = SetThreadAffinityMask(GetCurrentThread(), 1);
    CHECK(before != 0);
    CHECK_EQ(SetThreadAffinityMask(GetCurrentThread(), before), 1);
    CHECK_BOOL_ERR(SetThreadAffinityMask(GetCurrentThread(), 0) != 0, ERROR_INVALID_PARAMETER);
    CHECK_EQ(GetThreadPriority(GetCurrentThread()), THREAD_PRIORITY_NORMAL);
    CHECK(SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_BELOW_NORMAL));
    CHECK_EQ(GetThreadPriority(GetCurrentThread()), THREAD_PRIORITY_BELOW_NORMAL);
    CHECK_BOOL_ERR(SetThreadPriority(GetCurrentThread(), 77), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(SetThreadPriority(NULL, 0), ERROR_INVALID_HANDLE);
}

static ULONGLONG steps(FILETIME t) {
    return (ULONGLONG)t.dwHighDateTime << 32 | t.dwLowDateTime;
}

TEST(n_034_dates) {
    SYSTEMTIME leap = { 2024, 2, 0, 29, 23, 59, 58, 999 }, back;
    FILETIME t, later;
    CHECK(SystemTimeToFileTime(&leap, &t));
    CHECK_EQ(steps(t), 133537247989990000LL);
    CHECK(FileTimeToSystemTime(&t, &back));
    CHECK_EQ(back.wYear, 2024);
    CHECK_EQ(back.wMonth, 2);
    CHECK_EQ(back.wDay, 29);
    CHECK_EQ(back.wDayOfWeek, 4);
    CHECK_EQ(back.wHour, 23);
    CHECK_EQ(back.wMilliseconds, 999);
    SYSTEMTIME first = { 1601, 1, 0, 1, 0, 0, 0, 0 };
    CHECK(SystemTimeToFileTime(&first, &later) && steps(later) == 0);
    CHECK_EQ(CompareFileTime(&later, &t), -1);
    CHECK_EQ(CompareFileTime(&t, &t), 0);
    CHECK_EQ(CompareFileTime(&t, &later), 1);
    leap.wYear = 2023; /* no 29th of February */
    CHECK_BOOL_ERR(SystemTimeToFileTime(&leap, &t), ERROR_INVALID_PARAMETER);
    t.dwHighDateTime = 0x80000000;
    CHECK_BOOL_ERR(FileTimeToSystemTime(&t, &back), ERROR_INVALID_PARAMETER);
}

TEST(n_035_the_clocks_agree) {
    SYSTEMTIME now;
    FILETIME as_record, as_number, local, utc;
    GetSystemTime(&now);
    GetSystemTimeAsFileTime(&as_number);
    CHECK(SystemTimeToFileTime(&now, &as_record));
    LONGLONG apart = (LONGLONG)(steps(as_number) - steps(as_record));
    CHECK(apart > -10000000LL * 60 && apart < 10000000LL * 60);
    CHECK(FileTimeToLocalFileTime(&as_number, &local) && LocalFileTimeToFileTime(&local, &utc));
    CHECK_EQ(steps(utc), steps(as_number));
}

TEST(n_036_products) {
    CHECK_EQ(MulDiv(10, 3, 4), 8);
    CHECK_EQ(MulDiv(-10, 3, 4), -8);
    CHECK_EQ(MulDiv(1000000000, 1000000000, 1000000000), 1000000000);
    CHECK_EQ(MulDiv(1, 1, 0), -1);
    CHECK_EQ(MulDiv(2000000000, 2, 1), -1);
}

TEST(n_037_handles_go_on_to_children_or_not) {
    DWORD flags = 77;
    SOCKET s = tcp();
    CHECK(SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT, 0));
    CHECK(GetHandleInformation((HANDLE)s, &flags));
    CHECK_EQ(flags, 0);
    CHECK(SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    CHECK(GetHandleInformation((HANDLE)s, &flags));
    CHECK_EQ(flags, HANDLE_FLAG_INHERIT);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    CHECK(GetHandleInformation(event, &flags));
    CHECK_EQ(flags, 0);
    CHECK(CloseHandle(event));
    CHECK_BOOL_ERR(GetHandleInformation(event, &flags), ERROR_INVALID_HANDLE);
    CHECK_BOOL_ERR(SetHandleInformation(NULL, HANDLE_FLAG_INHERIT, 0), ERROR_INVALID_HANDLE);
}

TEST(n_038_standard_streams) {
    DWORD written = 0, mode;
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    CHECK(out != NULL && out != INVALID_HANDLE_VALUE);
    CHECK(WriteFile(out, "", 0, &written, NULL));
    CHECK_EQ(GetFileType(out), FILE_TYPE_PIPE);
    CHECK_EQ(GetFileType((HANDLE)tcp()), FILE_TYPE_PIPE);
    /* Redirected, so no console. */
    CHECK_BOOL_ERR(GetConsoleMode(out, &mode), ERROR_INVALID_HANDLE);
    CHECK_BOOL_ERR(WriteConsoleA(out, "x", 1, &written, NULL), ERROR_INVALID_HANDLE);
    SetLastError(0);
    CHECK(GetStdHandle(1) == INVALID_HANDLE_VALUE);
    CHECK_EQ(GetLastError(), ERROR_INVALID_HANDLE);
}

static BOOL WINAPI no(DWORD event) { (void)event; return FALSE; }

TEST(n_039_handlers_are_added_and_removed) {
    CHECK(SetConsoleCtrlHandler(no, TRUE));
    CHECK(SetConsoleCtrlHandler(no, TRUE));
    CHECK(SetConsoleCtrlHandler(no, FALSE));
    CHECK(SetConsoleCtrlHandler(no, FALSE));
    CHECK_BOOL_ERR(SetConsoleCtrlHandler(no, FALSE), ERROR_INVALID_PARAMETER);
    CHECK(SetConsoleCtrlHandler(NULL, TRUE) && SetConsoleCtrlHandler(NULL, FALSE));
    CHECK_BOOL_ERR(GenerateConsoleCtrlEvent(77, 0), ERROR_INVALID_PARAMETER);
}

/* What a child of the tests below does: it is this program with the same test, and a word in its environment. */
static const char *child_word(char *word) {
    return GetEnvironmentVariableA("LINSOCK_N_CHILD", word, 16) > 0 ? word : "";
}

static HANDLE start_with(const char *test, HANDLE output, DWORD flags, LPVOID environment) {
    char path[1024], line[1200];
    STARTUPINFOA startup;
    PROCESS_INFORMATION process;
    CHECK(GetModuleFileNameA(NULL, path, sizeof path) > 0);
    snprintf(line, sizeof line, "\"%s\" %s", path, test);
    memset(&startup, 0, sizeof startup);
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdOutput = output;
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    CHECK(CreateProcessA(NULL, line, NULL, NULL, TRUE, flags, environment, NULL, &startup, &process));
    CHECK_EQ(GetProcessId(process.hProcess), process.dwProcessId);
    CHECK(CloseHandle(process.hThread));
    return process.hProcess;
}

/* With the caller's variables and without an output. */
static HANDLE start(const char *test) {
    return start_with(test, NULL, 0, NULL);
}

TEST(n_040_the_end_of_a_process_is_told) {
    char word[16];
    DWORD code = 0;
    if (strcmp(child_word(word), "ends") == 0) ExitProcess(77);
    CHECK(SetEnvironmentVariableA("LINSOCK_N_CHILD", "ends"));
    HANDLE child = start("n_040_the_end_of_a_process_is_told");
    CHECK(SetEnvironmentVariableA("LINSOCK_N_CHILD", NULL));
    CHECK_EQ(WaitForSingleObject(child, 10000), WAIT_OBJECT_0);
    CHECK_EQ(WaitForSingleObject(child, 0), WAIT_OBJECT_0);
    CHECK(GetExitCodeProcess(child, &code));
    CHECK_EQ(code, 77);
    CHECK(CloseHandle(child));
    CHECK_BOOL_ERR(GetExitCodeProcess(child, &code), ERROR_INVALID_HANDLE);
}

TEST(n_041_a_process_has_the_streams_and_variables_it_was_given) {
    char word[16], path[64], text[512] = "";
    DWORD count = 0, code = 0;
    if (strcmp(child_word(word), "writes") == 0) {
        WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "written", 7, &count, NULL);
        ExitProcess(count);
    }
    SECURITY_ATTRIBUTES inherited = { sizeof inherited, NULL, TRUE };
    snprintf(path, sizeof path, "/tmp/linsock-n-041-%u", (unsigned)GetCurrentProcessId());
    HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                              CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    const char *test = "n_041_a_process_has_the_streams_and_variables_it_was_given";
    char narrow[] = "LINSOCK_N_CHILD=writes\0";
    WCHAR wide[] = L"LINSOCK_N_CHILD=writes\0";
    for (int round = 0; round < 2; round++) {
        DWORD flags = round ? CREATE_UNICODE_ENVIRONMENT : 0;
        HANDLE child = start_with(test, file, flags, round ? (LPVOID)wide : (LPVOID)narrow);
        CHECK_EQ(WaitForSingleObject(child, 10000), WAIT_OBJECT_0);
        CHECK(GetExitCodeProcess(child, &code));
        CHECK_EQ(code, 7);
        CHECK(CloseHandle(child));
    }
    CHECK_EQ(SetFilePointer(file, 0, NULL, FILE_BEGIN), 0);
    /* The harness says something, too. */
    CHECK(ReadFile(file, text, sizeof text - 1, &count, NULL));
    const char *first = strstr(text, "written");
    CHECK(first != NULL && strstr(first + 1, "written") != NULL);
    CHECK(CloseHandle(file));
}

TEST(n_042_what_is_no_program_is_not_started) {
    char line[] = "there-is-no-such-program with arguments";
    STARTUPINFOA startup;
    PROCESS_INFORMATION process;
    memset(&startup, 0, sizeof startup);
    startup.cb = sizeof startup;
    CHECK_BOOL_ERR(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process), ERROR_FILE_NOT_FOUND);
    CHECK_BOOL_ERR(CreateProcessA(line, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process), ERROR_FILE_NOT_FOUND);
}

TEST(n_043_a_process_is_ended_with_a_code) {
    char word[16];
    DWORD code = 0;
    if (strcmp(child_word(word), "sleeps") == 0) Sleep(30000);
    CHECK(SetEnvironmentVariableA("LINSOCK_N_CHILD", "sleeps"));
    HANDLE child = start("n_043_a_process_is_ended_with_a_code");
    CHECK(SetEnvironmentVariableA("LINSOCK_N_CHILD", NULL));
    CHECK_EQ(WaitForSingleObject(child, 50), WAIT_TIMEOUT);
    CHECK(GetExitCodeProcess(child, &code));
    CHECK_EQ(code, STILL_ACTIVE);
    CHECK(TerminateProcess(child, 123456));
    CHECK_EQ(WaitForSingleObject(child, 10000), WAIT_OBJECT_0);
    CHECK(GetExitCodeProcess(child, &code));
    CHECK_EQ(code, 123456);
    CHECK_BOOL_ERR(TerminateProcess(child, 1), ERROR_ACCESS_DENIED);
    CHECK(CloseHandle(child));
}
