/* The C library's <fcntl.h>, and Microsoft's names of how a file is opened. */
#pragma GCC system_header
#include_next <fcntl.h>

#ifndef _O_BINARY
#define _O_RDONLY O_RDONLY
#define _O_WRONLY O_WRONLY
#define _O_RDWR   O_RDWR
#define _O_APPEND O_APPEND
#define _O_CREAT  O_CREAT
#define _O_TRUNC  O_TRUNC
#define _O_EXCL   O_EXCL
#define _O_NOINHERIT O_CLOEXEC

/* Lines end as they were written: these choose nothing, and O_BINARY may be given to the C library's open. */
#define _O_BINARY  0x8000
#define _O_TEXT    0x4000
#define _O_WTEXT   0x10000
#define _O_U16TEXT 0x20000
#define _O_U8TEXT  0x40000
#define _O_RANDOM      0
#define _O_SEQUENTIAL  0
#define _O_SHORT_LIVED 0
#define O_BINARY 0
#define O_TEXT   0
#endif
