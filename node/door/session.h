/*
 * Officers' sessions: an officer's keys are unlocked while a session lives, and locked when it
 * ends, idles or the node stops. Source: docs/cases.md, Officers.
 */
#ifndef SESSION_H
#define SESSION_H

#include <liaison/door.h>

#include "officer.h"

enum { SESSIONS_MAX = 64, SESSIONS_OF_ONE_MAX = 4 };

#define SESSION_IDLE_MS_DEFAULT (15 * LN_MINUTE_MS)

struct session {
    struct ln_door_token token;
    struct officer *officer;
    uint64_t used_ms;
};

struct sessions;

/** `directory` holds the officers' keys. */
struct sessions *sessions_new(const char *directory, const struct ln_clock *clock,
                              uint64_t idle_ms);
void sessions_destroy(struct sessions **sessions_p);

/**
 * Unlocks an officer's keys: about half a second of work, the same for unknown names. After a
 * wrong passphrase that name must wait: 1 s, doubled each time up to 5 min, never for ever.
 * Beyond SESSIONS_OF_ONE_MAX the officer's own oldest session ends. LN_E_LOGIN,
 * LN_E_LOGIN_DELAY, LN_E_TOO_MANY.
 */
LN_CHECKED int sessions_login(struct sessions *sessions, const struct ln_name *name,
                              struct ln_bytes passphrase, struct ln_door_token *out_token);
/** The session of a token, used now; NULL: there is none, or it has idled too long. */
const struct session *sessions_find(struct sessions *sessions,
                                    const struct ln_door_token *token);
void sessions_logout(struct sessions *sessions, const struct ln_door_token *token);
/** Locks what has idled. */
void sessions_expire(struct sessions *sessions);

#endif
