/*
 * FormatMessage with a program's own texts, as logs and message tables use it: arguments from an array and from a
 * va_list, printf's conversions, the escapes, lines of a certain width, and what is an error.
 */
#define _CRT_SECURE_NO_WARNINGS
#include <windows.h>
#include <stdarg.h>
#include <stdio.h>

static void Report(const char *text, DWORD length, const char *message)
{
    static const char escapes[] = "\rr\nn\tt";
    DWORD error = length == 0 ? GetLastError() : 0;
    const char *texts[2];
    int i, at;

    texts[0] = text;
    texts[1] = message;
    for (i = 0; i < 2; i++) {
        if (i == 1 && length == 0) {
            printf(": error %d\n", (int)error);
            return;
        }
        printf(i == 0 ? "  \"" : ": %d, \"", (int)length);
        for (; *texts[i] != '\0'; texts[i]++) {
            for (at = 0; escapes[at] != '\0' && escapes[at] != *texts[i]; at += 2)
                ;
            if (escapes[at] != '\0')
                printf("\\%c", escapes[at + 1]);
            else
                putchar(*texts[i]);
        }
        printf(i == 0 ? "\"" : "\"\n");
    }
}

/* The message of a text and the arguments behind it. */
static void Say(DWORD flags, const char *text, ...)
{
    char message[512] = "";
    DWORD length;
    va_list arguments;

    va_start(arguments, text);
    length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | flags, text, 0, 0, message, ARRAYSIZE(message), &arguments);
    va_end(arguments);
    Report(text, length, message);
}

/* The same in wide characters, and with a buffer of the system's. */
static void SayWide(DWORD flags, const WCHAR *text, ...)
{
    char narrow[256], shown[512] = "";
    LPWSTR message = NULL;
    DWORD length;
    va_list arguments;

    va_start(arguments, text);
    length = FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER | flags, text, 0, 0,
                            (LPWSTR)&message, 0, &arguments);
    va_end(arguments);
    WideCharToMultiByte(CP_UTF8, 0, text, -1, narrow, sizeof narrow, NULL, NULL);
    if (length != 0) WideCharToMultiByte(CP_UTF8, 0, message, -1, shown, sizeof shown, NULL, NULL);
    Report(narrow, length, shown);
    LocalFree(message);
}

static void SayArray(const char *text, DWORD_PTR *arguments)
{
    char message[512] = "";
    DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, text, 0, 0, message,
                                  ARRAYSIZE(message), (va_list *)arguments);
    Report(text, length, message);
}

int main(void)
{
    DWORD_PTR arguments[] = { 4, 2, (DWORD_PTR) "Bill", (DWORD_PTR) "Bob", 6, (DWORD_PTR) "Bill" };
    char small[8] = "";
    LONGLONG debt = -5000000000;
    char *nowhere = (char *)small;
    DWORD length;

    printf("arguments of a function:\n");
    Say(0, "%1 met %2, %1 left", "Ann", "Bob");
    Say(0, "%10 of %12", "1", "2", "3", "4", "5", "6", "7", "8", "9", "ten", "11", "twelve");
    Say(0, "%1!*.*s! %3 %4!*s!", 4, 2, "Bill", "Bob", 6, "Bill");
    Say(0, "%1!*d!|%2!d!|%3!.*d!", 5, 42, 43, 4, 44);
    Say(0, "%1!s! %2", "nothing:", (char *)NULL);
    printf("arguments in an array:\n");
    SayArray("%1!*.*s! %4 %5!*s!", arguments);
    SayArray("%2!d! and %1!d!, %3!-6s!|%4!6s!", arguments);

    printf("conversions:\n");
    Say(0, "%1!5s!|%1!-5s!|%1!.1s!|%1!5.1s!", "ab");
    Say(0, "%1!d! %2!5d! %3!05d! %4!-5d!| %5!+d! %6!i! %7!u!", -1, 2, 3, 4, 5, 6, -7);
    Say(0, "%1!x! %1!X! %1!08X! %1!#x! %2!o! %3!.3d! %3!6.3d!", 48879, 8, 7);
    Say(0, "%1!I64d! %1!lld! %2!I64u! %3!I64x! %4!Iu!", debt, (ULONGLONG)1 << 40, (ULONGLONG)1 << 40, (SIZE_T)1 << 40);
    Say(0, "%1!ld! %2!lu! %3!hd! %4!hu! %5!I32d!", (LONG)-5, (DWORD)7, 70000, 70000, -9);
    Say(0, "%1!c!%2!3c!|%3!C!%4!lc!%5!hc!", 'a', 'b', 'c', 'd', 'e');
    Say(0, "%1!ls! %1!8ls! %1!-8ls!| %1!.2ls! %1!S! %1!ws! %2!hs!", L"wide", "narrow");
    Say(0, "%1!p!", (void *)(DWORD_PTR)0xbeef);
    printf("in wide characters:\n");
    SayWide(0, L"%1!ls! %2!hs! %3!S! %4!s! %5 %6!c! %7!C! %8!hc!", L"l", "h", "S", L"s", L"five", 'c', 'C', 'h');
    SayWide(0, L"%1!10s!|%1!-10s!|%1!.2s!|%2!8S!|%2!.2hs!|%3!08X!", L"wide", "narrow", 48879);
    SayWide(0, L"%1!*.*s! %3 %4!*s!", 4, 2, L"Bill", L"Bob", 6, L"Bill");
    SayWide(0, L"%1!I64d! of %2!d!", debt, -1);

    printf("escapes:\n");
    Say(0, "100%% %! %. % | %q %a%t%r%n.");
    Say(0, "what follows is not there%0 %1");
    Say(0, "a\nb\rc\r\nd\n\n");
    Say(0, "%1 stays as it is", "a\nb%n");
    Say(FORMAT_MESSAGE_IGNORE_INSERTS, "%1 %2!5d! %n %% %! %. %r");
    printf("lines:\n");
    Say(FORMAT_MESSAGE_MAX_WIDTH_MASK, "a\nb\r\nc  d \n e%nf %1\n", "x\ny");
    Say(10, "one two three four five six%nseven eight nine ten");
    Say(10, "one two three\r\nfour five six\nseven eight nine ten\n");
    Say(10, "x %1 y %2", "a long string of words", "and another one");
    Say(8, "abc%n%ndef ghi jkl mno");

    printf("errors:\n");
    Say(0, "%1!d", 1);
    Say(0, "%");
    Say(0, "%0");
    SayWide(0, L"");
    SayArray("%1", NULL);
    length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING, "eight ch", 0, 0, small, sizeof small, NULL);
    printf("  too small a buffer: %d, error %d\n", (int)length, (int)GetLastError());
    length = FormatMessageA(0, "text", 0, 0, small, sizeof small, NULL);
    printf("  from nowhere: %d, error %d\n", (int)length, (int)GetLastError());
    length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 0x2FFFFFFF, 0, small, sizeof small, NULL);
    printf("  no such message: %d, error %d\n", (int)length, (int)GetLastError());
    length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER, "%1", 0, 0, (LPSTR)&nowhere,
                            0, NULL);
    printf("  nothing allocated: %d, error %d, %s\n", (int)length, (int)GetLastError(),
           nowhere == NULL ? "NULL" : "not NULL");
    return 0;
}
