/*
 * ConnectEx, WSASend and WSARecv for a socket that Python made: a SOCKET is a descriptor, socket.fileno() is one, and it
 * is adopted at its first use. Python's header comes first, as in everything that Cython writes.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>

/* An OSError with Winsock's number and text. */
static PyObject *fail(int error)
{
    char text[256] = "";
    PyObject *arguments;
    FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, (DWORD)error, 0, text, sizeof text,
                   NULL);
    text[strcspn(text, "\r\n")] = '\0';
    arguments = Py_BuildValue("(is)", error, text);
    if (arguments != NULL) {
        PyErr_SetObject(PyExc_OSError, arguments);
        Py_DECREF(arguments);
    }
    return NULL;
}

/* Waits for what was started, and cancels it if that takes too long: 0 or the error. Without the interpreter's lock. */
static int finish(SOCKET s, WSAOVERLAPPED *overlapped, DWORD milliseconds, DWORD *bytes)
{
    DWORD flags;
    if (WSAWaitForMultipleEvents(1, &overlapped->hEvent, TRUE, milliseconds, FALSE) == WSA_WAIT_TIMEOUT)
        CancelIoEx((HANDLE)s, overlapped);
    return WSAGetOverlappedResult(s, overlapped, bytes, TRUE, &flags) ? 0 : WSAGetLastError();
}

static int connect_now(SOCKET s, const struct sockaddr_in *address, void *data, DWORD length, DWORD milliseconds,
                       DWORD *sent)
{
    static const GUID id = WSAID_CONNECTEX;
    GUID guid = id;
    LPFN_CONNECTEX ConnectEx;
    struct sockaddr_in any = { .sin_family = AF_INET };
    WSAOVERLAPPED overlapped = { 0 };
    DWORD bytes;
    int error = 0;

    if (WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, &ConnectEx, sizeof ConnectEx, &bytes, NULL,
                 NULL) == SOCKET_ERROR)
        return WSAGetLastError();
    /* ConnectEx wants a bound socket; one that is bound already says WSAEINVAL, and is as good. */
    if (bind(s, (struct sockaddr *)&any, sizeof any) == SOCKET_ERROR && WSAGetLastError() != WSAEINVAL)
        return WSAGetLastError();
    overlapped.hEvent = WSACreateEvent();
    if (overlapped.hEvent == WSA_INVALID_EVENT) return WSAGetLastError();
    if (!ConnectEx(s, (const struct sockaddr *)address, sizeof *address, data, length, NULL, &overlapped))
        error = WSAGetLastError();
    if (error == 0 || error == ERROR_IO_PENDING) error = finish(s, &overlapped, milliseconds, sent);
    WSACloseEvent(overlapped.hEvent);
    if (error == 0 && setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == SOCKET_ERROR)
        error = WSAGetLastError();
    return error;
}

static PyObject *method_connect(PyObject *module, PyObject *args)
{
    int descriptor, error;
    const char *host;
    unsigned short port;
    unsigned int milliseconds = INFINITE;
    Py_buffer data = { 0 };
    DWORD sent = 0;
    struct sockaddr_in address = { .sin_family = AF_INET };
    (void)module;

    if (!PyArg_ParseTuple(args, "i(sH)y*|I:connect", &descriptor, &host, &port, &data, &milliseconds)) return NULL;
    address.sin_port = htons(port);
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        PyBuffer_Release(&data);
        PyErr_SetString(PyExc_ValueError, "the host is no IPv4 address");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    error = connect_now((SOCKET)descriptor, &address, data.buf, (DWORD)data.len, milliseconds, &sent);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&data);
    return error ? fail(error) : PyLong_FromUnsignedLong(sent);
}

static int receive_now(SOCKET s, char *data, DWORD length, DWORD milliseconds, DWORD *received)
{
    WSABUF buffer = { length, data };
    WSAOVERLAPPED overlapped = { 0 };
    DWORD flags = 0;
    int error = 0;
    overlapped.hEvent = WSACreateEvent();
    if (overlapped.hEvent == WSA_INVALID_EVENT) return WSAGetLastError();
    if (WSARecv(s, &buffer, 1, NULL, &flags, &overlapped, NULL) == SOCKET_ERROR) error = WSAGetLastError();
    if (error == 0 || error == WSA_IO_PENDING) error = finish(s, &overlapped, milliseconds, received);
    WSACloseEvent(overlapped.hEvent);
    return error;
}

static PyObject *method_recv(PyObject *module, PyObject *args)
{
    int descriptor, error;
    Py_ssize_t length;
    unsigned int milliseconds = INFINITE;
    DWORD received = 0;
    PyObject *data;
    char *place;
    (void)module;

    if (!PyArg_ParseTuple(args, "in|I:recv", &descriptor, &length, &milliseconds)) return NULL;
    data = PyBytes_FromStringAndSize(NULL, length);
    if (data == NULL) return NULL;
    place = PyBytes_AS_STRING(data);
    Py_BEGIN_ALLOW_THREADS
    error = receive_now((SOCKET)descriptor, place, (DWORD)length, milliseconds, &received);
    Py_END_ALLOW_THREADS
    if (error) {
        Py_DECREF(data);
        return fail(error);
    }
    _PyBytes_Resize(&data, (Py_ssize_t)received);
    return data;
}

static PyMethodDef methods[] = {
    { "connect", method_connect, METH_VARARGS,
      "connect(descriptor, (host, port), data[, milliseconds]): connects and sends the first data; how much of it." },
    { "recv", method_recv, METH_VARARGS,
      "recv(descriptor, length[, milliseconds]): what came; nothing at the end of the stream." },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "connectex", "ConnectEx and WSARecv for sockets that Python made.", -1, methods, NULL, NULL, NULL,
    NULL,
};

PyMODINIT_FUNC PyInit_connectex(void)
{
    WSADATA data;
    int error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error) {
        fail(error);
        return NULL;
    }
    return PyModule_Create(&definition);
}
