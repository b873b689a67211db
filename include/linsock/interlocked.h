/*
 * Interlocked functions: full barriers on any integer of 16, 32 or 64 bits, whatever the suffix asks for.
 * Programs declare their counters LONG (an int here) and also plain long
 * (64 bits here): overloads in C++, macros over generic builtins in C.
 */
#ifndef LINSOCK_INTERLOCKED_H
#define LINSOCK_INTERLOCKED_H

#include "linsock/compiler.h"

#ifdef __cplusplus
#define LINSOCK_INTERLOCKED(type, suffix) \
    inline type InterlockedIncrement##suffix(type volatile *target) { return __sync_add_and_fetch(target, 1); } \
    inline type InterlockedDecrement##suffix(type volatile *target) { return __sync_sub_and_fetch(target, 1); } \
    inline type InterlockedExchange##suffix(type volatile *target, type value) { return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST); } \
    inline type InterlockedExchangeAdd##suffix(type volatile *target, type value) { return __sync_fetch_and_add(target, value); } \
    inline type InterlockedAdd##suffix(type volatile *target, type value) { return __sync_add_and_fetch(target, value); } \
    inline type InterlockedCompareExchange##suffix(type volatile *target, type value, type expected) { return __sync_val_compare_and_swap(target, expected, value); } \
    inline type InterlockedAnd##suffix(type volatile *target, type value) { return __sync_fetch_and_and(target, value); } \
    inline type InterlockedOr##suffix(type volatile *target, type value) { return __sync_fetch_and_or(target, value); } \
    inline type InterlockedXor##suffix(type volatile *target, type value) { return __sync_fetch_and_xor(target, value); } \
    inline unsigned char InterlockedBitTestAndSet##suffix(type volatile *target, type bit) { return (unsigned char)(__sync_fetch_and_or(target, (type)1 << bit) >> bit & 1); } \
    inline unsigned char InterlockedBitTestAndReset##suffix(type volatile *target, type bit) { return (unsigned char)(__sync_fetch_and_and(target, (type)~((type)1 << bit)) >> bit & 1); }
LINSOCK_INTERLOCKED(int, )
LINSOCK_INTERLOCKED(unsigned int, )
LINSOCK_INTERLOCKED(long, )
LINSOCK_INTERLOCKED(unsigned long, )
LINSOCK_INTERLOCKED(long long, 64)
LINSOCK_INTERLOCKED(unsigned long long, 64)
LINSOCK_INTERLOCKED(long, 64)
LINSOCK_INTERLOCKED(unsigned long, 64)
LINSOCK_INTERLOCKED(short, 16)
LINSOCK_INTERLOCKED(unsigned short, 16)
#undef LINSOCK_INTERLOCKED
inline void *InterlockedExchangePointer(void *volatile *target, void *value) { return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST); }
inline void *InterlockedCompareExchangePointer(void *volatile *target, void *value, void *expected) { return __sync_val_compare_and_swap(target, expected, value); }
#else
LINSOCK_INLINE unsigned char linsock_bit_of(unsigned long long bits, int bit)
{
    return (unsigned char)(bits >> bit & 1);
}

#define InterlockedIncrement(target)                           __sync_add_and_fetch((target), 1)
#define InterlockedDecrement(target)                           __sync_sub_and_fetch((target), 1)
#define InterlockedExchange(target, value)                     __atomic_exchange_n((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedExchangeAdd(target, value)                  __sync_fetch_and_add((target), (value))
#define InterlockedAdd(target, value)                          __sync_add_and_fetch((target), (value))
#define InterlockedCompareExchange(target, value, expected)    __sync_val_compare_and_swap((target), (expected), (value))
#define InterlockedAnd(target, value)                          __sync_fetch_and_and((target), (value))
#define InterlockedOr(target, value)                           __sync_fetch_and_or((target), (value))
#define InterlockedXor(target, value)                          __sync_fetch_and_xor((target), (value))
#define LINSOCK_BIT(target, bit)                               ((__typeof__(*(target) + 0))1 << (bit))
#define InterlockedBitTestAndSet(target, bit)                  linsock_bit_of((unsigned long long)__sync_fetch_and_or((target), LINSOCK_BIT(target, bit)), (bit))
#define InterlockedBitTestAndReset(target, bit)                linsock_bit_of((unsigned long long)__sync_fetch_and_and((target), ~LINSOCK_BIT(target, bit)), (bit))
#define InterlockedIncrement64(target)                         InterlockedIncrement(target)
#define InterlockedDecrement64(target)                         InterlockedDecrement(target)
#define InterlockedExchange64(target, value)                   InterlockedExchange(target, value)
#define InterlockedExchangeAdd64(target, value)                InterlockedExchangeAdd(target, value)
#define InterlockedAdd64(target, value)                        InterlockedAdd(target, value)
#define InterlockedCompareExchange64(target, value, expected)  InterlockedCompareExchange(target, value, expected)
#define InterlockedAnd64(target, value)                        InterlockedAnd(target, value)
#define InterlockedOr64(target, value)                         InterlockedOr(target, value)
#define InterlockedXor64(target, value)                        InterlockedXor(target, value)
#define InterlockedBitTestAndSet64(target, bit)                InterlockedBitTestAndSet(target, bit)
#define InterlockedBitTestAndReset64(target, bit)              InterlockedBitTestAndReset(target, bit)
#define InterlockedIncrement16(target)                         InterlockedIncrement(target)
#define InterlockedDecrement16(target)                         InterlockedDecrement(target)
#define InterlockedExchange16(target, value)                   InterlockedExchange(target, value)
#define InterlockedCompareExchange16(target, value, expected)  InterlockedCompareExchange(target, value, expected)
#define InterlockedExchangePointer(target, value)              __atomic_exchange_n((void *volatile *)(target), (void *)(value), __ATOMIC_SEQ_CST)
#define InterlockedCompareExchangePointer(target, value, expected) \
    __sync_val_compare_and_swap((void *volatile *)(target), (void *)(expected), (void *)(value))
#endif

/* Weaker orders may be stronger. */
#define InterlockedIncrementAcquire         InterlockedIncrement
#define InterlockedIncrementAcquire64       InterlockedIncrement64
#define InterlockedIncrementRelease         InterlockedIncrement
#define InterlockedIncrementRelease64       InterlockedIncrement64
#define InterlockedIncrementNoFence         InterlockedIncrement
#define InterlockedIncrementNoFence64       InterlockedIncrement64
#define InterlockedDecrementAcquire         InterlockedDecrement
#define InterlockedDecrementAcquire64       InterlockedDecrement64
#define InterlockedDecrementRelease         InterlockedDecrement
#define InterlockedDecrementRelease64       InterlockedDecrement64
#define InterlockedDecrementNoFence         InterlockedDecrement
#define InterlockedDecrementNoFence64       InterlockedDecrement64
#define InterlockedExchangeAcquire          InterlockedExchange
#define InterlockedExchangeAcquire64        InterlockedExchange64
#define InterlockedExchangeRelease          InterlockedExchange
#define InterlockedExchangeRelease64        InterlockedExchange64
#define InterlockedExchangeNoFence          InterlockedExchange
#define InterlockedExchangeNoFence64        InterlockedExchange64
#define InterlockedExchangeAddAcquire       InterlockedExchangeAdd
#define InterlockedExchangeAddAcquire64     InterlockedExchangeAdd64
#define InterlockedExchangeAddRelease       InterlockedExchangeAdd
#define InterlockedExchangeAddRelease64     InterlockedExchangeAdd64
#define InterlockedExchangeAddNoFence       InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence64     InterlockedExchangeAdd64
#define InterlockedAddAcquire               InterlockedAdd
#define InterlockedAddAcquire64             InterlockedAdd64
#define InterlockedAddRelease               InterlockedAdd
#define InterlockedAddRelease64             InterlockedAdd64
#define InterlockedAddNoFence               InterlockedAdd
#define InterlockedAddNoFence64             InterlockedAdd64
#define InterlockedCompareExchangeAcquire   InterlockedCompareExchange
#define InterlockedCompareExchangeAcquire64 InterlockedCompareExchange64
#define InterlockedCompareExchangeRelease   InterlockedCompareExchange
#define InterlockedCompareExchangeRelease64 InterlockedCompareExchange64
#define InterlockedCompareExchangeNoFence   InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence64 InterlockedCompareExchange64
#define InterlockedCompareExchange64Acquire InterlockedCompareExchange64
#define InterlockedCompareExchange64Release InterlockedCompareExchange64
#define InterlockedCompareExchange64NoFence InterlockedCompareExchange64
#define InterlockedAndAcquire               InterlockedAnd
#define InterlockedAndRelease               InterlockedAnd
#define InterlockedAndNoFence               InterlockedAnd
#define InterlockedAnd64Acquire             InterlockedAnd64
#define InterlockedAnd64Release             InterlockedAnd64
#define InterlockedAnd64NoFence             InterlockedAnd64
#define InterlockedOrAcquire                InterlockedOr
#define InterlockedOrRelease                InterlockedOr
#define InterlockedOrNoFence                InterlockedOr
#define InterlockedOr64Acquire              InterlockedOr64
#define InterlockedOr64Release              InterlockedOr64
#define InterlockedOr64NoFence              InterlockedOr64
#define InterlockedXorAcquire               InterlockedXor
#define InterlockedXorRelease               InterlockedXor
#define InterlockedXorNoFence               InterlockedXor
#define InterlockedXor64Acquire             InterlockedXor64
#define InterlockedXor64Release             InterlockedXor64
#define InterlockedXor64NoFence             InterlockedXor64
#define InterlockedExchangePointerAcquire   InterlockedExchangePointer
#define InterlockedExchangePointerNoFence   InterlockedExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer
#define InterlockedExchangeSubtract(target, value) InterlockedExchangeAdd((target), -(value))
#define InterlockedIncrementSizeT(target)          InterlockedIncrement64((long long volatile *)(target))
#define InterlockedDecrementSizeT(target)          InterlockedDecrement64((long long volatile *)(target))
#define InterlockedExchangeAddSizeT(target, value) InterlockedExchangeAdd64((long long volatile *)(target), (long long)(value))

#define ReadAcquire(source)          __atomic_load_n((source), __ATOMIC_ACQUIRE)
#define ReadAcquire64(source)        __atomic_load_n((source), __ATOMIC_ACQUIRE)
#define ReadPointerAcquire(source)   __atomic_load_n((source), __ATOMIC_ACQUIRE)
#define ReadNoFence(source)          __atomic_load_n((source), __ATOMIC_RELAXED)
#define ReadNoFence64(source)        __atomic_load_n((source), __ATOMIC_RELAXED)
#define ReadPointerNoFence(source)   __atomic_load_n((source), __ATOMIC_RELAXED)
#define WriteRelease(target, value)   __atomic_store_n((target), (value), __ATOMIC_RELEASE)
#define WriteRelease64(target, value) __atomic_store_n((target), (value), __ATOMIC_RELEASE)
#define WritePointerRelease(target, value) __atomic_store_n((target), (value), __ATOMIC_RELEASE)
#define WriteNoFence(target, value)   __atomic_store_n((target), (value), __ATOMIC_RELAXED)
#define WriteNoFence64(target, value) __atomic_store_n((target), (value), __ATOMIC_RELAXED)

#if defined(__x86_64__)
/* 16 bytes at a multiple of 16: replaced if they are the expected ones, which become what was there. */
LINSOCK_INLINE unsigned char InterlockedCompareExchange128(long long volatile *target, long long high, long long low,
                                                           long long *expected)
{
    unsigned char same;
    __asm__ __volatile__("lock cmpxchg16b %1"
                         : "=@ccz"(same), "+m"(*(long long volatile(*)[2])target), "+a"(expected[0]), "+d"(expected[1])
                         : "b"(low), "c"(high)
                         : "memory");
    return same;
}
#endif

#endif /* LINSOCK_INTERLOCKED_H */
