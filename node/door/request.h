/*
 * What a request's function is given, and the functions: one file a request. Private to the
 * door.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include "access.h"
#include "auditing.h"
#include "door.h"

/**
 * What a request writes, run with others' in one transaction once all have been decided. It may
 * run twice, and refuses only before it has written anything.
 */
struct request_write {
    int (*work)(struct store_txn *txn, void *context); /* NULL: it writes nothing */
    void *context;                                     /* lives in the request's arena */
    struct ln_id case_id;
};

struct request {
    const struct local *local;
    struct link *link;
    struct sessions *sessions;
    const struct ln_door_request *body;
    const struct session *session;   /* NULL where none is needed */
    const struct ln_officer *person; /* the session's officer in our newest manifest */
    struct ln_arena *arena;          /* the reply is made in it */
    struct ln_door_reply *reply;
    struct auditing *auditing;  /* what the audit log will say of it */
    struct request_write write; /* out */
};

/** Each returns 0 or a code; it fills the reply. A refusal may say more in the reply's detail.
 */
int request_login(struct request *request);
int request_logout(struct request *request);
int request_refer(struct request *request);
int request_list(struct request *request);
int request_show(struct request *request);
int request_act(struct request *request);
int request_evidence(struct request *request);
int request_courier_write(struct request *request);
int request_courier_read(struct request *request);
int request_status(struct request *request);
int request_reopen(struct request *request);
int request_agreement(struct request *request);
int request_root_list(struct request *request);
int request_root_accept(struct request *request);
int request_audit_show(struct request *request);
int request_audit_verify(struct request *request);
int request_export(struct request *request);
int request_forward(struct request *request);
int request_pass_on(struct request *request);
int request_erase(struct request *request);

/** Puts words behind a refusal; nothing of a person or a case's contents. Returns `error`. */
__attribute__((format(printf, 3, 4))) int request_say(struct request *request, int error,
                                                      const char *format, ...);

#endif
