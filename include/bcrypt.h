/* Random bytes; nothing else of CNG is here. */
#ifndef __BCRYPT_H__
#define __BCRYPT_H__

#include "minwindef.h"

typedef PVOID BCRYPT_HANDLE;
typedef PVOID BCRYPT_ALG_HANDLE;
#ifndef _NTDEF_
typedef LONG NTSTATUS, *PNTSTATUS;
#endif

#define BCRYPT_USE_SYSTEM_PREFERRED_RNG 0x00000002

LINSOCK_BEGIN

NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbBuffer, ULONG cbBuffer, ULONG dwFlags);

LINSOCK_END

#endif /* __BCRYPT_H__ */
