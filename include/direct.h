/* Folders. */
#ifndef _INC_DIRECT
#define _INC_DIRECT

#include <sys/stat.h>
#include <unistd.h>
#include "linsock/crt.h"

#define _chdir  chdir
#define _getcwd getcwd
#define _rmdir  rmdir

LINSOCK_INLINE int _mkdir(const char *path)
{
    return mkdir(path, 0777);
}

LINSOCK_INLINE int _wmkdir(const wchar_t *path)
{
    char *narrow = linsock_narrow(path);
    int result = narrow ? _mkdir(narrow) : -1;
    free(narrow);
    return result;
}

#endif /* _INC_DIRECT */
