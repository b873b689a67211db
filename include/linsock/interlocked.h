/*
 * Interlocked functions: full barriers on any integer of 32 or 64 bits.
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
    inline type InterlockedCompareExchange##suffix(type volatile *target, type value, type expected) { return __sync_val_compare_and_swap(target, expected, value); } \
    inline type InterlockedAnd##suffix(type volatile *target, type value) { return __sync_fetch_and_and(target, value); } \
    inline type InterlockedOr##suffix(type volatile *target, type value) { return __sync_fetch_and_or(target, value); } \
    inline type InterlockedXor##suffix(type volatile *target, type value) { return __sync_fetch_and_xor(target, value); }
LINSOCK_INTERLOCKED(int, )
LINSOCK_INTERLOCKED(unsigned int, )
LINSOCK_INTERLOCKED(long, )
LINSOCK_INTERLOCKED(unsigned long, )
LINSOCK_INTERLOCKED(long long, 64)
LINSOCK_INTERLOCKED(unsigned long long, 64)
LINSOCK_INTERLOCKED(long, 64)
LINSOCK_INTERLOCKED(unsigned long, 64)
#undef LINSOCK_INTERLOCKED
inline void *InterlockedExchangePointer(void *volatile *target, void *value) { return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST); }
inline void *InterlockedCompareExchangePointer(void *volatile *target, void *value, void *expected) { return __sync_val_compare_and_swap(target, expected, value); }
#else
#define InterlockedIncrement(target)                           __sync_add_and_fetch((target), 1)
#define InterlockedDecrement(target)                           __sync_sub_and_fetch((target), 1)
#define InterlockedExchange(target, value)                     __atomic_exchange_n((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedExchangeAdd(target, value)                  __sync_fetch_and_add((target), (value))
#define InterlockedCompareExchange(target, value, expected)    __sync_val_compare_and_swap((target), (expected), (value))
#define InterlockedAnd(target, value)                          __sync_fetch_and_and((target), (value))
#define InterlockedOr(target, value)                           __sync_fetch_and_or((target), (value))
#define InterlockedXor(target, value)                          __sync_fetch_and_xor((target), (value))
#define InterlockedIncrement64(target)                         InterlockedIncrement(target)
#define InterlockedDecrement64(target)                         InterlockedDecrement(target)
#define InterlockedExchange64(target, value)                   InterlockedExchange(target, value)
#define InterlockedExchangeAdd64(target, value)                InterlockedExchangeAdd(target, value)
#define InterlockedCompareExchange64(target, value, expected)  InterlockedCompareExchange(target, value, expected)
#define InterlockedAnd64(target, value)                        InterlockedAnd(target, value)
#define InterlockedOr64(target, value)                         InterlockedOr(target, value)
#define InterlockedXor64(target, value)                        InterlockedXor(target, value)
#define InterlockedExchangePointer(target, value)              __atomic_exchange_n((void *volatile *)(target), (void *)(value), __ATOMIC_SEQ_CST)
#define InterlockedCompareExchangePointer(target, value, expected) \
    __sync_val_compare_and_swap((void *volatile *)(target), (void *)(expected), (void *)(value))
#endif

#endif /* LINSOCK_INTERLOCKED_H */
