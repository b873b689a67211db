/* The C library's <sys/stat.h>, and Microsoft's names of what it has: all sizes and times have 64 bits. */
#pragma GCC system_header
#include_next <sys/stat.h>

#ifndef _S_IFMT
#define _stat      stat
#define _stat64    stat
#define _stati64   stat
#define _stat32i64 stat
#define _stat64i32 stat
#define __stat64   stat
#define _fstat      fstat
#define _fstat64    fstat
#define _fstati64   fstat
#define _fstat32i64 fstat
#define _fstat64i32 fstat

#define _S_IFMT   0xF000
#define _S_IFDIR  0x4000
#define _S_IFREG  0x8000
#define _S_IFCHR  0x2000
#define _S_IFIFO  0x1000
#define _S_IREAD  0x0100
#define _S_IWRITE 0x0080
#define _S_IEXEC  0x0040
#endif
