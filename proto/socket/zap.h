/*
 * The ZAP door: who may connect at all (ZeroMQ RFC 27). One a process, in the thread of the
 * server's loop.
 *
 * Not czmq's zauth: it copies a certificate's metadata into 512 bytes unchecked, and its store
 * does not notice a revoked peer. Here admission is one function that asks the roster.
 */
#ifndef ZAP_H
#define ZAP_H

#include "socket.h"

/** Says whether a CURVE key may connect, and as whom. */
typedef bool zap_admits(void *context, const struct ln_public_key *key,
                        struct ln_name *out_user);

struct zap;

/** Before any server socket is bound. LN_E_SYSTEM if the door exists already. */
LN_CHECKED int zap_new(zap_admits *admits, void *context, struct zap **out);
void zap_destroy(struct zap **zap_p);
/** To be watched for reading; on reading call zap_handle, which answers all that wait. */
zsock_t *zap_socket(const struct zap *zap);
void zap_handle(struct zap *zap);
uint64_t zap_refused_count(const struct zap *zap);

/**
 * Knocks at `endpoint`, where a server of this process listens, with a key that was made just
 * now, and answers the door meanwhile. 0: the stranger was refused. LN_E_SELF_TEST: it was
 * admitted, or nothing was heard in `timeout_ms`. A hub that gets anything but 0 must not run.
 */
LN_CHECKED int zap_self_test(struct zap *zap, const char *endpoint,
                             const struct ln_public_key *server_key, int timeout_ms);

#endif
