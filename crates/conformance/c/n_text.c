/* N-001..N-006: texts from bytes to wide characters and back, and the lstr functions. */
#include "harness.h"

static WCHAR wide[32];
static char bytes[32];

TEST(n_001_bytes_become_wide_characters) {
    CHECK_EQ(MultiByteToWideChar(CP_UTF8, 0, "h\xC3\xA9!", -1, wide, 32), 4);
    CHECK_EQ(wide[1], 0xE9);
    CHECK_EQ(wide[3], 0);
    /* With a count there is no zero. */
    wide[1] = 7;
    CHECK_EQ(MultiByteToWideChar(CP_UTF8, 0, "abc", 1, wide, 32), 1);
    CHECK_EQ(wide[1], 7);
    CHECK_EQ(MultiByteToWideChar(CP_ACP, 0, "abc", -1, wide, 32), 4);
}

TEST(n_002_wide_characters_become_bytes) {
    CHECK_EQ(WideCharToMultiByte(CP_UTF8, 0, L"h\x00E9!", -1, bytes, 32, NULL, NULL), 5);
    CHECK(memcmp(bytes, "h\xC3\xA9!", 5) == 0);
    CHECK_EQ(WideCharToMultiByte(CP_UTF8, 0, L"abc", 2, bytes, 32, NULL, NULL), 2);
    BOOL used = 7;
    CHECK_BOOL_ERR(WideCharToMultiByte(CP_UTF8, 0, L"abc", -1, bytes, 32, NULL, &used), ERROR_INVALID_PARAMETER);
}

TEST(n_003_no_room_asks_for_the_length) {
    CHECK_EQ(MultiByteToWideChar(CP_UTF8, 0, "h\xC3\xA9!", -1, NULL, 0), 4);
    CHECK_EQ(WideCharToMultiByte(CP_UTF8, 0, L"h\x00E9!", -1, NULL, 0, NULL, NULL), 5);
}

TEST(n_004_too_little_room) {
    CHECK_BOOL_ERR(MultiByteToWideChar(CP_UTF8, 0, "abc", -1, wide, 3), ERROR_INSUFFICIENT_BUFFER);
    CHECK_BOOL_ERR(WideCharToMultiByte(CP_UTF8, 0, L"abc", -1, bytes, 3, NULL, NULL), ERROR_INSUFFICIENT_BUFFER);
    CHECK_EQ(MultiByteToWideChar(CP_UTF8, 0, "abc", -1, wide, 4), 4);
}

TEST(n_005_what_spells_nothing) {
    CHECK_BOOL_ERR(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "a\xFF", -1, wide, 32), ERROR_NO_UNICODE_TRANSLATION);
    CHECK_EQ(MultiByteToWideChar(CP_UTF8, 0, "a\xFF" "b", -1, wide, 32), 4);
    CHECK_EQ(wide[1], 0xFFFD);
    CHECK_EQ(wide[2], 'b');
    WCHAR lone[] = { 'a', 0xD800, 0 };
    CHECK_BOOL_ERR(WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, lone, -1, bytes, 32, NULL, NULL),
                ERROR_NO_UNICODE_TRANSLATION);
    CHECK_EQ(WideCharToMultiByte(CP_UTF8, 0, lone, -1, bytes, 32, NULL, NULL), 5);
    CHECK(memcmp(bytes, "a\xEF\xBF\xBD", 5) == 0);
}

TEST(n_005_wrong_parameters) {
    CHECK_BOOL_ERR(MultiByteToWideChar(CP_UTF8, 0, NULL, -1, wide, 32), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(MultiByteToWideChar(CP_UTF8, 0, "a", 0, wide, 32), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(MultiByteToWideChar(CP_UTF8, 0, "a", -1, NULL, 32), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(MultiByteToWideChar(CP_UTF8, 0, "a", -1, wide, -1), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(MultiByteToWideChar(CP_UTF8, MB_PRECOMPOSED, "a", -1, wide, 32), ERROR_INVALID_FLAGS);
    CHECK_BOOL_ERR(MultiByteToWideChar(12345, 0, "a", -1, wide, 32), ERROR_INVALID_PARAMETER);
}

TEST(n_006_lstr) {
    char room[16];
    CHECK_EQ(lstrlenA("abc"), 3);
    CHECK_EQ(lstrlenA(NULL), 0);
    CHECK_EQ(lstrlenW(L"\x00E9x"), 2);
    CHECK(lstrcpyA(room, "one") == room && strcmp(room, "one") == 0);
    CHECK(lstrcatA(room, "two") == room && strcmp(room, "onetwo") == 0);
    CHECK(lstrcpynA(room, "abcdef", 4) == room && strcmp(room, "abc") == 0);
    CHECK(lstrcpynA(room, "a", 4) == room && strcmp(room, "a") == 0);
    CHECK_EQ(lstrcmpA("abc", "abd"), -1);
    CHECK_EQ(lstrcmpA("abd", "abc"), 1);
    CHECK_EQ(lstrcmpiA("ABC", "abc"), 0);
    CHECK_EQ(lstrcmpiW(L"\x00C9", L"\x00E9"), 0);
    CHECK_EQ(lstrcmpA(NULL, "a"), -1);
    CHECK_EQ(lstrcmpA(NULL, NULL), 0);
}
