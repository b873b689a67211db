/* A race: nothing orders the two additions. */
#include <windows.h>

static int counter;

static DWORD WINAPI worker(void *)
{
    counter++;
    return 0;
}

int main()
{
    HANDLE thread = CreateThread(NULL, 0, worker, NULL, 0, NULL);
    counter++;
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    return counter != 2;
}
