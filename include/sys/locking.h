/* Locks on a part of a file, from where its descriptor stands. */
#ifndef _INC_LOCKING
#define _INC_LOCKING

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "../linsock/compiler.h"

#define _LK_UNLCK  0
#define _LK_LOCK   1
#define _LK_NBLCK  2
#define _LK_RLCK   3
#define _LK_NBRLCK 4
#define LK_UNLCK  _LK_UNLCK
#define LK_LOCK   _LK_LOCK
#define LK_NBLCK  _LK_NBLCK
#define LK_RLCK   _LK_RLCK
#define LK_NBRLCK _LK_NBRLCK

/* They hold against other processes. _LK_LOCK and _LK_RLCK try once a second, ten times, and fail with EDEADLOCK. */
LINSOCK_INLINE int _locking(int descriptor, int mode, long bytes)
{
    int waits = mode == _LK_LOCK || mode == _LK_RLCK, tries = waits ? 10 : 1;
    struct flock part;
    if (mode < _LK_UNLCK || mode > _LK_NBRLCK) return errno = EINVAL, -1;
    part.l_type = mode == _LK_UNLCK ? F_UNLCK : F_WRLCK;
    part.l_whence = SEEK_CUR;
    part.l_start = 0;
    part.l_len = bytes;
    while (fcntl(descriptor, F_SETLK, &part)) {
        if (errno != EACCES && errno != EAGAIN) return -1;
        if (!--tries) return errno = waits ? EDEADLOCK : EACCES, -1;
        sleep(1);
    }
    return 0;
}

#endif /* _INC_LOCKING */
