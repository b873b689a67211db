/* What linsock offers beyond Windows' functions. */
#ifndef LINSOCK_H
#define LINSOCK_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * TcpTimedWaitDelay for this process, 0 to 300 seconds: for how long an
 * address stays in TIME_WAIT. Returns 0, or -1 with WSAEINVAL as the last
 * error. LINSOCK_TIMED_WAIT_DELAY in the environment sets it too.
 */
int linsock_set_timed_wait_delay(unsigned int seconds);

/* The value set above, or -1 when none was set. */
int linsock_timed_wait_delay(void);

/* "epoll" or "uring". The string is static. */
const char *linsock_backend_name(void);

#ifdef __cplusplus
}
#endif

#endif /* LINSOCK_H */
