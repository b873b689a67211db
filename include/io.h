/* Files by descriptor, as far as programs of sockets look at them. */
#ifndef _INC_IO
#define _INC_IO

#include <unistd.h>
#include "linsock/crt.h"

#define _O_BINARY  0x8000
#define _O_TEXT    0x4000
#define _O_WTEXT   0x10000
#define _O_U16TEXT 0x20000
#define _O_U8TEXT  0x40000

#define _access access
#define _isatty isatty
#define _unlink unlink

/* Streams are UTF-8, and lines end as they were written, whatever is asked for; the answer is the mode before. */
LINSOCK_INLINE int _setmode(int descriptor, int mode)
{
    (void)descriptor, (void)mode;
    return _O_BINARY;
}

#endif /* _INC_IO */
