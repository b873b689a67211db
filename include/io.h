/* Files by descriptor. A descriptor and the handle of the same file or socket are one number here. */
#ifndef _INC_IO
#define _INC_IO

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
#include "linsock/crt.h"

/* What the C library's headers leave out under -std=c11. */
#if !defined(__cplusplus) && !defined(__USE_XOPEN2K8)
extern int fsync(int);
extern int ftruncate(int, long);
#endif

#define _access access
#define _chmod  chmod
#define _commit fsync
#define _creat  creat
#define _dup    dup
#define _dup2   dup2
#define _isatty isatty
#define _umask  umask
#define _unlink unlink

/* CloseHandle, without Windows' types. */
LINSOCK_BEGIN
extern int linsock_close_handle(void *handle) __asm__("CloseHandle");
LINSOCK_END

/* Streams are UTF-8, and lines end as they were written, whatever is asked for; the answer is the mode before. */
LINSOCK_INLINE int _setmode(int descriptor, int mode)
{
    (void)descriptor, (void)mode;
    return _O_BINARY;
}

LINSOCK_INLINE int _open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & _O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return open(path, flags & ~(_O_BINARY | _O_TEXT | _O_WTEXT | _O_U16TEXT | _O_U8TEXT), mode);
}

LINSOCK_INLINE int _wopen(const wchar_t *path, int flags, ...)
{
    char *narrow = linsock_narrow(path);
    mode_t mode = 0;
    int descriptor;
    if (flags & _O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    descriptor = narrow ? _open(narrow, flags, mode) : -1;
    free(narrow);
    return descriptor;
}

/* Nothing is locked for sharing here. */
#define _sopen(path, flags, share, ...)  _open(path, flags, ##__VA_ARGS__)
#define _wsopen(path, flags, share, ...) _wopen(path, flags, ##__VA_ARGS__)

LINSOCK_INLINE errno_t _sopen_s(int *descriptor, const char *path, int flags, int share, int mode)
{
    (void)share;
    *descriptor = _open(path, flags, mode);
    return *descriptor < 0 ? errno : 0;
}

LINSOCK_INLINE errno_t _wsopen_s(int *descriptor, const wchar_t *path, int flags, int share, int mode)
{
    (void)share;
    *descriptor = _wopen(path, flags, mode);
    return *descriptor < 0 ? errno : 0;
}

LINSOCK_INLINE int _read(int descriptor, void *to, unsigned int bytes)
{
    return (int)read(descriptor, to, bytes);
}

LINSOCK_INLINE int _write(int descriptor, const void *from, unsigned int bytes)
{
    return (int)write(descriptor, from, bytes);
}

/* What was opened by CreateFile or socket is closed as CloseHandle does it. */
LINSOCK_INLINE int _close(int descriptor)
{
    return linsock_close_handle((void *)(intptr_t)descriptor) ? 0 : close(descriptor);
}

LINSOCK_INLINE int _waccess(const wchar_t *path, int mode)
{
    char *narrow = linsock_narrow(path);
    int result = narrow ? access(narrow, mode) : -1;
    free(narrow);
    return result;
}

LINSOCK_INLINE int _wunlink(const wchar_t *path)
{
    char *narrow = linsock_narrow(path);
    int result = narrow ? unlink(narrow) : -1;
    free(narrow);
    return result;
}

LINSOCK_INLINE long long _lseeki64(int descriptor, long long offset, int origin)
{
    return lseek(descriptor, offset, origin);
}

LINSOCK_INLINE long _lseek(int descriptor, long offset, int origin)
{
    return lseek(descriptor, offset, origin);
}

LINSOCK_INLINE long long _telli64(int descriptor)
{
    return lseek(descriptor, 0, SEEK_CUR);
}

#define _tell _telli64

LINSOCK_INLINE long long _filelengthi64(int descriptor)
{
    struct stat about;
    return fstat(descriptor, &about) ? -1 : (long long)about.st_size;
}

#define _filelength _filelengthi64

LINSOCK_INLINE errno_t _chsize_s(int descriptor, long long bytes)
{
    return ftruncate(descriptor, bytes) ? errno : 0;
}

LINSOCK_INLINE int _chsize(int descriptor, long bytes)
{
    return ftruncate(descriptor, bytes);
}

LINSOCK_INLINE int _eof(int descriptor)
{
    long long at = _telli64(descriptor), bytes = _filelengthi64(descriptor);
    return at < 0 || bytes < 0 ? -1 : at >= bytes;
}

LINSOCK_INLINE intptr_t _get_osfhandle(int descriptor)
{
    return fcntl(descriptor, F_GETFD) < 0 ? -1 : descriptor;
}

/* The descriptor and the handle are closed by one of _close and CloseHandle. */
LINSOCK_INLINE int _open_osfhandle(intptr_t handle, int flags)
{
    (void)flags;
    return fcntl((int)handle, F_GETFD) < 0 ? -1 : (int)handle;
}

#endif /* _INC_IO */
