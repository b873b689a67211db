#pragma once

#ifdef TRANSPORT_EXPORTS
#define TRANSPORT_API __declspec(dllexport)
#else
#define TRANSPORT_API __declspec(dllimport)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Sends a text to itself over loopback; the number of bytes that came back, or -1. */
TRANSPORT_API int transport_echo(const char *text, char *back, int size);

#ifdef __cplusplus
}
#endif
