/*
 * Random bytes as older programs and newer ones get them: from a cryptographic provider, and from the system's generator.
 */
#include <windows.h>
#include <wincrypt.h>
#include <bcrypt.h>
#include <stdio.h>
#include <string.h>

static const char *Answer(int good)
{
    return good ? "yes" : "no";
}

int main(void)
{
    HCRYPTPROV provider = 0;
    BYTE first[64], second[64], none[64];
    BOOL good;

    memset(first, 0, sizeof first);
    memset(second, 0, sizeof second);
    memset(none, 0, sizeof none);
    good = CryptAcquireContext(&provider, NULL, NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT | CRYPT_SILENT);
    printf("a provider is opened: %s\n", Answer(good && provider != 0));
    good = CryptGenRandom(provider, sizeof first, first) && CryptGenRandom(provider, sizeof second, second);
    printf("it gives bytes: %s, others each time: %s\n", Answer(good && memcmp(first, none, sizeof none) != 0),
           Answer(memcmp(first, second, sizeof first) != 0));
    printf("it is closed: %s\n", Answer(CryptReleaseContext(provider, 0)));

    good = CryptAcquireContextW(&provider, NULL, MS_ENH_RSA_AES_PROV_W, PROV_RSA_AES, CRYPT_VERIFYCONTEXT);
    printf("one by its name: %s, closed: %s\n", Answer(good), Answer(CryptReleaseContext(provider, 0)));

    good = CryptAcquireContextA(&provider, NULL, NULL, 1000, CRYPT_VERIFYCONTEXT);
    printf("no such type: %s, error %s\n", Answer(good), GetLastError() == (DWORD)NTE_BAD_PROV_TYPE ? "NTE_BAD_PROV_TYPE" : "?");
    good = CryptAcquireContextA(&provider, "a container", NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT);
    printf("a container with nothing in it: %s, error %s\n", Answer(good),
           GetLastError() == (DWORD)NTE_BAD_FLAGS ? "NTE_BAD_FLAGS" : "?");
    good = CryptGenRandom(0, sizeof first, first);
    printf("no provider: %s, error %d\n", Answer(good), (int)GetLastError());

    memset(first, 0, sizeof first);
    good = BCryptGenRandom(NULL, first, sizeof first, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0;
    printf("the system's generator: %s\n", Answer(good && memcmp(first, none, sizeof none) != 0));
    return 0;
}
