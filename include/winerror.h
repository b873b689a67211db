/* Win32 error codes (the ones that linsock gives and programs ask for), and Winsock's. */
#ifndef _WINERROR_
#define _WINERROR_

#include "minwindef.h"
#include "linsock/wsaerror.h"

/* name                    value */
#define ERROR_SUCCESS                     0
#define NO_ERROR                          0
#define ERROR_INVALID_FUNCTION            1
#define ERROR_FILE_NOT_FOUND              2
#define ERROR_PATH_NOT_FOUND              3
#define ERROR_TOO_MANY_OPEN_FILES         4
#define ERROR_ACCESS_DENIED               5
#define ERROR_INVALID_HANDLE              6
#define ERROR_NOT_ENOUGH_MEMORY           8
#define ERROR_INVALID_DATA                13
#define ERROR_OUTOFMEMORY                 14
#define ERROR_WRITE_PROTECT               19
#define ERROR_BAD_UNIT                    20
#define ERROR_NOT_READY                   21
#define ERROR_BAD_LENGTH                  24
#define ERROR_SEEK                        25
#define ERROR_WRITE_FAULT                 29
#define ERROR_READ_FAULT                  30
#define ERROR_GEN_FAILURE                 31
#define ERROR_SHARING_VIOLATION           32
#define ERROR_HANDLE_EOF                  38
#define ERROR_HANDLE_DISK_FULL            39
#define ERROR_NOT_SUPPORTED               50
#define ERROR_DUP_NAME                    52
#define ERROR_BAD_NETPATH                 53
#define ERROR_NETWORK_BUSY                54
#define ERROR_UNEXP_NET_ERR               59
#define ERROR_NETNAME_DELETED             64
#define ERROR_NETWORK_ACCESS_DENIED       65
#define ERROR_TOO_MANY_NAMES              68
#define ERROR_FILE_EXISTS                 80
#define ERROR_INVALID_PARAMETER           87
#define ERROR_BROKEN_PIPE                 109
#define ERROR_BUFFER_OVERFLOW             111
#define ERROR_DISK_FULL                   112
#define ERROR_CALL_NOT_IMPLEMENTED        120
#define ERROR_SEM_TIMEOUT                 121
#define ERROR_INSUFFICIENT_BUFFER         122
#define ERROR_INVALID_NAME                123
#define ERROR_MOD_NOT_FOUND               126
#define ERROR_PROC_NOT_FOUND              127
#define ERROR_NEGATIVE_SEEK               131
#define ERROR_DIR_NOT_EMPTY               145
#define ERROR_BAD_PATHNAME                161
#define ERROR_BUSY                        170
#define ERROR_ALREADY_EXISTS              183
#define ERROR_BAD_EXE_FORMAT              193
#define ERROR_ENVVAR_NOT_FOUND            203
#define ERROR_PIPE_BUSY                   231
#define ERROR_NO_DATA                     232
#define ERROR_PIPE_NOT_CONNECTED          233
#define ERROR_MORE_DATA                   234
#define ERROR_NO_WORK_DONE                235
#define WAIT_TIMEOUT                      258
#define ERROR_NO_MORE_ITEMS               259
#define ERROR_DIRECTORY                   267
#define ERROR_NOT_OWNER                   288
#define ERROR_TOO_MANY_POSTS              298
#define ERROR_MR_MID_NOT_FOUND            317
#define ERROR_INVALID_ADDRESS             487
#define ERROR_PIPE_CONNECTED              535
#define ERROR_PIPE_LISTENING              536
#define ERROR_ABANDONED_WAIT_0            735
#define ERROR_OPERATION_ABORTED           995
#define ERROR_IO_INCOMPLETE               996
#define ERROR_IO_PENDING                  997
#define ERROR_NOACCESS                    998
#define ERROR_CAN_NOT_COMPLETE            1003
#define ERROR_INVALID_FLAGS               1004
#define ERROR_NO_TOKEN                    1008
#define ERROR_DUPLICATE_SERVICE_NAME      1078
#define ERROR_NO_UNICODE_TRANSLATION      1113
#define ERROR_IO_DEVICE                   1117
#define ERROR_POSSIBLE_DEADLOCK           1131
#define ERROR_OLD_WIN_VERSION             1150
#define ERROR_NOT_FOUND                   1168
#define ERROR_INVALID_NETNAME             1214
#define ERROR_CONNECTION_REFUSED          1225
#define ERROR_GRACEFUL_DISCONNECT         1226
#define ERROR_ADDRESS_ALREADY_ASSOCIATED  1227
#define ERROR_ADDRESS_NOT_ASSOCIATED      1228
#define ERROR_CONNECTION_INVALID          1229
#define ERROR_CONNECTION_ACTIVE           1230
#define ERROR_NETWORK_UNREACHABLE         1231
#define ERROR_HOST_UNREACHABLE            1232
#define ERROR_PROTOCOL_UNREACHABLE        1233
#define ERROR_PORT_UNREACHABLE            1234
#define ERROR_REQUEST_ABORTED             1235
#define ERROR_CONNECTION_ABORTED          1236
#define ERROR_RETRY                       1237
#define ERROR_INCORRECT_ADDRESS           1241
#define ERROR_PRIVILEGE_NOT_HELD          1314
#define ERROR_INVALID_THREAD_ID           1444
#define ERROR_NO_SYSTEM_RESOURCES         1450
#define ERROR_TIMEOUT                     1460
#define ERROR_INVALID_USER_BUFFER         1784
#define ERROR_NOT_ENOUGH_QUOTA            1816

#define SEVERITY_SUCCESS  0
#define SEVERITY_ERROR    1
#define FACILITY_WIN32    7
#define S_OK              ((HRESULT)0)
#define S_FALSE           ((HRESULT)1)
#define E_FAIL            ((HRESULT)0x80004005)
#define E_INVALIDARG      ((HRESULT)0x80070057)
#define E_OUTOFMEMORY     ((HRESULT)0x8007000E)
#define SUCCEEDED(hr)     (((HRESULT)(hr)) >= 0)
#define FAILED(hr)        (((HRESULT)(hr)) < 0)
#define HRESULT_CODE(hr)  ((hr) & 0xFFFF)
#define HRESULT_FROM_WIN32(x) \
    ((HRESULT)(x) <= 0 ? ((HRESULT)(x)) : ((HRESULT)(((x) & 0x0000FFFF) | (FACILITY_WIN32 << 16) | 0x80000000)))

/* name                    value     of cryptographic providers */
#define NTE_BAD_UID              ((HRESULT)0x80090001)
#define NTE_BAD_FLAGS            ((HRESULT)0x80090009)
#define NTE_NO_MEMORY            ((HRESULT)0x8009000E)
#define NTE_EXISTS               ((HRESULT)0x8009000F)
#define NTE_PERM                 ((HRESULT)0x80090010)
#define NTE_NOT_FOUND            ((HRESULT)0x80090011)
#define NTE_BAD_PROVIDER         ((HRESULT)0x80090013)
#define NTE_BAD_PROV_TYPE        ((HRESULT)0x80090014)
#define NTE_BAD_KEYSET           ((HRESULT)0x80090016)
#define NTE_PROV_TYPE_NOT_DEF    ((HRESULT)0x80090017)
#define NTE_KEYSET_NOT_DEF       ((HRESULT)0x80090019)
#define NTE_KEYSET_ENTRY_BAD     ((HRESULT)0x8009001A)
#define NTE_BAD_KEYSET_PARAM     ((HRESULT)0x8009001F)
#define NTE_FAIL                 ((HRESULT)0x80090020)
#define NTE_SYS_ERR              ((HRESULT)0x80090021)
#define NTE_SILENT_CONTEXT       ((HRESULT)0x80090022)

#endif /* _WINERROR_ */
