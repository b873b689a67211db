/* What Microsoft's compiler knows and gcc and clang must be told. */
#ifndef LINSOCK_COMPILER_H
#define LINSOCK_COMPILER_H

#if !defined(__GNUC__)
#error "linsock's headers need gcc or clang: they bind functions by assembler labels"
#endif
#if !defined(__LP64__)
#error "linsock is for 64-bit targets only (LP64)"
#endif

/* Programs name their libraries by #pragma comment(lib, ...) and quieten warnings by number: neither is for us. */
#pragma GCC diagnostic ignored "-Wunknown-pragmas"

/* There is one calling convention here. */
#ifndef __stdcall
#define __stdcall
#endif
#ifndef _stdcall
#define _stdcall
#endif
#ifndef __cdecl
#define __cdecl
#endif
#ifndef _cdecl
#define _cdecl
#endif
#ifndef __fastcall
#define __fastcall
#endif
#ifndef __vectorcall
#define __vectorcall
#endif
#ifndef __unaligned
#define __unaligned
#endif
#ifndef __w64
#define __w64
#endif
#ifndef _MSC_EXTENSIONS
#ifndef __int64
#define __int64 long long
#endif
#ifndef __int32
#define __int32 int
#define __int16 short
#define __int8  char
#endif
#ifndef __forceinline
#define __forceinline static __inline__ __attribute__((always_inline, unused))
#endif
#endif

/* clang spells __declspec itself under -fdeclspec and -fms-extensions. */
#if !defined(__declspec) && !(defined(__has_declspec_attribute) && defined(_MSC_EXTENSIONS))
#define __declspec(what) LINSOCK_DECLSPEC_##what
#define LINSOCK_DECLSPEC_dllexport __attribute__((visibility("default")))
#define LINSOCK_DECLSPEC_dllimport
#define LINSOCK_DECLSPEC_noreturn __attribute__((noreturn))
#define LINSOCK_DECLSPEC_noinline __attribute__((noinline))
#define LINSOCK_DECLSPEC_thread __thread
#define LINSOCK_DECLSPEC_nothrow
#define LINSOCK_DECLSPEC_novtable
#define LINSOCK_DECLSPEC_restrict
#define LINSOCK_DECLSPEC_deprecated __attribute__((deprecated))
#define LINSOCK_DECLSPEC_selectany __attribute__((weak))
#define LINSOCK_DECLSPEC_align(n) __attribute__((aligned(n)))
#endif

#ifdef __cplusplus
#define LINSOCK_BEGIN extern "C" {
#define LINSOCK_END }
#define LINSOCK_NORETURN [[noreturn]]
#else
#define LINSOCK_NORETURN _Noreturn
#define LINSOCK_BEGIN
#define LINSOCK_END
#endif

#define LINSOCK_INLINE static __inline__ __attribute__((unused))

/* Anonymous structures and unions are an extension in C++ and before C11. */
#define LINSOCK_ANONYMOUS __extension__

/*
 * The C library has functions of these names too. A shared object that
 * exported `connect` would capture every call in the process, so ours is
 * ws2_connect and the declaration says so to the assembler: the name in the
 * source stays `connect`, for methods and std::bind as well.
 */
#define LINSOCK_WS2(name) __asm__("ws2_" #name)

/*
 * WCHAR is wchar_t. Where that is 16 bits wide (-fshort-wchar) a function
 * binds to the UTF-16 entry point under Windows' name, elsewhere to its twin
 * that takes 32-bit characters.
 */
#if __SIZEOF_WCHAR_T__ == 2
#define LINSOCK_WIDE(name) __asm__(#name)
#else
#define LINSOCK_WIDE(name) __asm__(#name "_utf32")
#endif

#endif /* LINSOCK_COMPILER_H */
