/* GUIDs. */
#ifndef GUID_DEFINED
#define GUID_DEFINED

#include <string.h>
#include "linsock/compiler.h"

typedef struct _GUID {
    unsigned int Data1;
    unsigned short Data2;
    unsigned short Data3;
    unsigned char Data4[8];
} GUID;

typedef GUID *LPGUID;
typedef const GUID *LPCGUID;
typedef GUID IID, *LPIID;
typedef GUID CLSID, *LPCLSID;

#ifdef __cplusplus
#define REFGUID const GUID &
#define REFIID const IID &
#define REFCLSID const CLSID &
#define LINSOCK_GUID_ADDRESS(guid) (&(guid))
#else
#define REFGUID const GUID *
#define REFIID const IID *
#define REFCLSID const CLSID *
#define LINSOCK_GUID_ADDRESS(guid) (guid)
#endif

#ifndef EXTERN_C
#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif
#endif

#endif /* GUID_DEFINED */

/* As on Windows, a file that defined INITGUID before its include gets the definitions. */
#undef DEFINE_GUID
#ifdef INITGUID
#ifdef __cplusplus
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
    extern "C" __attribute__((weak)) const GUID name = { l, w1, w2, { b1, b2, b3, b4, b5, b6, b7, b8 } }
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
    __attribute__((weak)) const GUID name = { l, w1, w2, { b1, b2, b3, b4, b5, b6, b7, b8 } }
#endif
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#endif

#ifndef LINSOCK_GUID_FUNCTIONS
#define LINSOCK_GUID_FUNCTIONS
LINSOCK_INLINE int IsEqualGUID(REFGUID left, REFGUID right)
{
    return memcmp(LINSOCK_GUID_ADDRESS(left), LINSOCK_GUID_ADDRESS(right), sizeof(GUID)) == 0;
}
#define IsEqualIID(left, right) IsEqualGUID(left, right)
#define IsEqualCLSID(left, right) IsEqualGUID(left, right)
#ifdef __cplusplus
inline bool operator==(const GUID &left, const GUID &right) { return IsEqualGUID(left, right) != 0; }
inline bool operator!=(const GUID &left, const GUID &right) { return IsEqualGUID(left, right) == 0; }
#endif
#endif
