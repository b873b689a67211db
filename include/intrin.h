/* Microsoft's intrinsic functions, as far as portable programs use them; on x86 those of the processor's maker too. */
#ifndef LINSOCK_INTRIN_H
#define LINSOCK_INTRIN_H

#if defined(__x86_64__)
#include <x86intrin.h>
#endif
#include "linsock/compiler.h"
#include "linsock/crt.h"
#include "linsock/interlocked.h"

/* What the compiler may not move; nothing is done at run time. */
#define _ReadWriteBarrier() __asm__ __volatile__("" ::: "memory")
#define _ReadBarrier()      _ReadWriteBarrier()
#define _WriteBarrier()     _ReadWriteBarrier()
#define _ReturnAddress()    __builtin_return_address(0)
#define __assume(condition) ((condition) ? (void)0 : __builtin_unreachable())
#define __noop(...)         ((void)0)
#define __nop()             __asm__ __volatile__("nop")
#if defined(__x86_64__)
#define __debugbreak()      __asm__ __volatile__("int3")
#elif defined(__aarch64__)
#define __debugbreak()      __asm__ __volatile__("brk #0xf000")
#else
#define __debugbreak()      __builtin_trap()
#endif

#define _InterlockedIncrement              InterlockedIncrement
#define _InterlockedIncrement16            InterlockedIncrement16
#define _InterlockedIncrement64            InterlockedIncrement64
#define _InterlockedDecrement              InterlockedDecrement
#define _InterlockedDecrement16            InterlockedDecrement16
#define _InterlockedDecrement64            InterlockedDecrement64
#define _InterlockedExchange               InterlockedExchange
#define _InterlockedExchange16             InterlockedExchange16
#define _InterlockedExchange64             InterlockedExchange64
#define _InterlockedExchangeAdd            InterlockedExchangeAdd
#define _InterlockedExchangeAdd64          InterlockedExchangeAdd64
#define _InterlockedCompareExchange        InterlockedCompareExchange
#define _InterlockedCompareExchange16      InterlockedCompareExchange16
#define _InterlockedCompareExchange64      InterlockedCompareExchange64
#define _InterlockedCompareExchange128     InterlockedCompareExchange128
#define _InterlockedExchangePointer        InterlockedExchangePointer
#define _InterlockedCompareExchangePointer InterlockedCompareExchangePointer
#define _InterlockedAnd                    InterlockedAnd
#define _InterlockedAnd64                  InterlockedAnd64
#define _InterlockedOr                     InterlockedOr
#define _InterlockedOr64                   InterlockedOr64
#define _InterlockedXor                    InterlockedXor
#define _InterlockedXor64                  InterlockedXor64
#define _interlockedbittestandset          InterlockedBitTestAndSet
#define _interlockedbittestandset64        InterlockedBitTestAndSet64
#define _interlockedbittestandreset        InterlockedBitTestAndReset
#define _interlockedbittestandreset64      InterlockedBitTestAndReset64

/* The place of the lowest or highest bit that is set, in an index of any width; 0 if there is none. */
#define LINSOCK_BIT_SCAN(index, type, mask, place)               \
    __extension__({                                              \
        type linsock_mask = (type)(mask);                        \
        *(index) = linsock_mask ? (unsigned int)(place) : 0;     \
        (unsigned char)(linsock_mask != 0);                      \
    })
#define _BitScanForward(index, mask)   LINSOCK_BIT_SCAN(index, unsigned int, mask, __builtin_ctz(linsock_mask))
#define _BitScanReverse(index, mask)   LINSOCK_BIT_SCAN(index, unsigned int, mask, 31 - __builtin_clz(linsock_mask))
#define _BitScanForward64(index, mask) LINSOCK_BIT_SCAN(index, unsigned long long, mask, __builtin_ctzll(linsock_mask))
#define _BitScanReverse64(index, mask) LINSOCK_BIT_SCAN(index, unsigned long long, mask, 63 - __builtin_clzll(linsock_mask))

LINSOCK_INLINE unsigned int __popcnt(unsigned int value)
{
    return (unsigned int)__builtin_popcount(value);
}

LINSOCK_INLINE unsigned long long __popcnt64(unsigned long long value)
{
    return (unsigned long long)__builtin_popcountll(value);
}

LINSOCK_INLINE unsigned long long __umulh(unsigned long long left, unsigned long long right)
{
    return (unsigned long long)((__extension__ (unsigned __int128)left * right) >> 64);
}

LINSOCK_INLINE unsigned long long _umul128(unsigned long long left, unsigned long long right, unsigned long long *high)
{
    *high = __umulh(left, right);
    return left * right;
}

#if defined(__x86_64__)
/* <cpuid.h> has macros of these names, with other parameters. */
#ifdef __cpuid
#undef __cpuid
#endif
#define __cpuid   linsock_cpuid
#define __cpuidex linsock_cpuidex

LINSOCK_INLINE void linsock_cpuidex(int registers[4], int leaf, int part)
{
    __asm__ __volatile__("cpuid"
                         : "=a"(registers[0]), "=b"(registers[1]), "=c"(registers[2]), "=d"(registers[3])
                         : "a"(leaf), "c"(part));
}

LINSOCK_INLINE void linsock_cpuid(int registers[4], int leaf)
{
    linsock_cpuidex(registers, leaf, 0);
}
#endif

#endif /* LINSOCK_INTRIN_H */
