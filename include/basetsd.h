/* Integers of a stated width, and integers as wide as a pointer. */
#ifndef _BASETSD_H_
#define _BASETSD_H_

#include <stddef.h>
#include <stdint.h>
#include "linsock/compiler.h"

typedef signed char INT8, *PINT8;
typedef short INT16, *PINT16;
typedef int INT32, *PINT32;
typedef long long INT64, *PINT64;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32;
typedef unsigned long long UINT64, *PUINT64;

typedef int LONG32, *PLONG32;
typedef unsigned int ULONG32, *PULONG32;
typedef unsigned int DWORD32, *PDWORD32;
typedef long long LONG64, *PLONG64;
typedef unsigned long long ULONG64, *PULONG64;
typedef unsigned long long DWORD64, *PDWORD64;

/* The C library's own types, so that `size_t *` and `uintptr_t *` fit where these are asked for. */
typedef intptr_t INT_PTR, *PINT_PTR;
typedef uintptr_t UINT_PTR, *PUINT_PTR;
typedef intptr_t LONG_PTR, *PLONG_PTR;
typedef uintptr_t ULONG_PTR, *PULONG_PTR;
typedef ULONG_PTR DWORD_PTR, *PDWORD_PTR;
typedef size_t SIZE_T, *PSIZE_T;
typedef ptrdiff_t SSIZE_T, *PSSIZE_T;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY;

#define MAXUINT_PTR  (~(UINT_PTR)0)
#define MAXULONG_PTR (~(ULONG_PTR)0)
#define MAXUINT      (~(UINT32)0)
#define MAXINT32     0x7FFFFFFF

#define PtrToUlong(p)   ((unsigned int)(ULONG_PTR)(p))
#define PtrToLong(p)    ((int)(LONG_PTR)(p))
#define PtrToUint(p)    ((unsigned int)(UINT_PTR)(p))
#define PtrToInt(p)     ((int)(INT_PTR)(p))
#define UlongToPtr(n)   ((void *)(ULONG_PTR)(unsigned int)(n))
#define LongToPtr(n)    ((void *)(LONG_PTR)(int)(n))
#define HandleToULong(h) ((unsigned int)(ULONG_PTR)(h))
#define HandleToUlong(h) HandleToULong(h)
#define HandleToLong(h)  ((int)(LONG_PTR)(h))
#define ULongToHandle(n) ((void *)(ULONG_PTR)(unsigned int)(n))
#define LongToHandle(n)  ((void *)(LONG_PTR)(int)(n))

#endif /* _BASETSD_H_ */
