/*
 * Named pipes are not there. They are declared so that sources which could use them compile; a program that does use
 * them does not link, and the linker names the function.
 */
#ifndef _NAMEDPIPE_H_
#define _NAMEDPIPE_H_

#include "minwindef.h"
#include "minwinbase.h"

#define PIPE_ACCESS_INBOUND           0x00000001
#define PIPE_ACCESS_OUTBOUND          0x00000002
#define PIPE_ACCESS_DUPLEX            0x00000003
#define PIPE_WAIT                     0x00000000
#define PIPE_NOWAIT                   0x00000001
#define PIPE_READMODE_BYTE            0x00000000
#define PIPE_READMODE_MESSAGE         0x00000002
#define PIPE_TYPE_BYTE                0x00000000
#define PIPE_TYPE_MESSAGE             0x00000004
#define PIPE_ACCEPT_REMOTE_CLIENTS    0x00000000
#define PIPE_REJECT_REMOTE_CLIENTS    0x00000008
#define PIPE_UNLIMITED_INSTANCES      255
#define NMPWAIT_WAIT_FOREVER          0xffffffff
#define NMPWAIT_NOWAIT                0x00000001
#define NMPWAIT_USE_DEFAULT_WAIT      0x00000000

LINSOCK_BEGIN

HANDLE WINAPI CreateNamedPipeA(LPCSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode, DWORD nMaxInstances,
                               DWORD nOutBufferSize, DWORD nInBufferSize, DWORD nDefaultTimeOut,
                               LPSECURITY_ATTRIBUTES lpSecurityAttributes);
HANDLE WINAPI CreateNamedPipeW(LPCWSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode, DWORD nMaxInstances,
                               DWORD nOutBufferSize, DWORD nInBufferSize, DWORD nDefaultTimeOut,
                               LPSECURITY_ATTRIBUTES lpSecurityAttributes);
#define CreateNamedPipe LINSOCK_AW(CreateNamedPipe)
BOOL WINAPI ConnectNamedPipe(HANDLE hNamedPipe, LPOVERLAPPED lpOverlapped);
BOOL WINAPI DisconnectNamedPipe(HANDLE hNamedPipe);
BOOL WINAPI SetNamedPipeHandleState(HANDLE hNamedPipe, LPDWORD lpMode, LPDWORD lpMaxCollectionCount,
                                    LPDWORD lpCollectDataTimeout);
BOOL WINAPI PeekNamedPipe(HANDLE hNamedPipe, LPVOID lpBuffer, DWORD nBufferSize, LPDWORD lpBytesRead,
                          LPDWORD lpTotalBytesAvail, LPDWORD lpBytesLeftThisMessage);
BOOL WINAPI WaitNamedPipeA(LPCSTR lpNamedPipeName, DWORD nTimeOut);
BOOL WINAPI WaitNamedPipeW(LPCWSTR lpNamedPipeName, DWORD nTimeOut);
#define WaitNamedPipe LINSOCK_AW(WaitNamedPipe)
BOOL WINAPI CreatePipe(PHANDLE hReadPipe, PHANDLE hWritePipe, LPSECURITY_ATTRIBUTES lpPipeAttributes, DWORD nSize);

LINSOCK_END

#endif /* _NAMEDPIPE_H_ */
