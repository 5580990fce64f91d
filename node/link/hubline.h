/*
 * The connection to one hub: HELLO and WELCOME, a window of PUTs, credit for DELIVERs,
 * acknowledgements after the commit, silence noticed. Source: docs/protocol.md, Hub.
 */
#ifndef HUBLINE_H
#define HUBLINE_H

#include "local.h"

#include "loop.h"

struct hubline;

/** What the line tells its owner. Everything handed over lives during the call only. */
struct hubline_owner {
    /**
     * A hub greeted us: statements may be published, and letters are due again unless
     * `is_again`: the connection was up all the time.
     */
    void (*on_welcome)(void *context, struct hubline *line, bool is_again);
    void (*on_stored)(void *context, struct hubline *line, uint64_t put_id);
    void (*on_refused)(void *context, struct hubline *line, uint64_t put_id, uint32_t code);
    /**
     * `keep[i]` is set to true for a mail that shall stay at the hub. Fatal errors are the
     * owner's matter.
     */
    void (*on_mails)(void *context, struct hubline *line, const struct ln_bytes *envelopes,
                     size_t count, bool *keep);
    void (*on_statement)(void *context, struct hubline *line,
                         const struct ln_signed *statement);
    void *context;
};

enum { HUBLINE_ENDPOINT_SIZE = 256 };

struct hubline_options {
    struct loop *loop;
    const struct local *local;
    struct ln_name hub;
    char endpoints[LN_ENDPOINTS_MAX][HUBLINE_ENDPOINT_SIZE]; /* tried in turn */
    size_t endpoints_count;
    struct ln_public_key hub_key;
    struct ln_public_key public_key; /* the node's transport key */
    const uint8_t *secret;           /* borrowed */
    struct hubline_owner owner;
};

enum hubline_state { HUBLINE_CONNECTING, HUBLINE_GREETING, HUBLINE_READY };

LN_CHECKED int hubline_new(const struct hubline_options *options, struct hubline **out);
void hubline_destroy(struct hubline **line_p);
/** The hub has another key, or other endpoints: connects anew, soon; nothing if it has not. */
void hubline_move(struct hubline *line, const struct hubline_options *options);

const struct ln_name *hubline_hub(const struct hubline *line);
enum hubline_state hubline_state(const struct hubline *line);
uint64_t hubline_since_ms(const struct hubline *line); /* of the state */

/**
 * LN_E_CREDIT: no room in the window; LN_E_UNAVAILABLE: not ready. *out_put_id is answered
 * once.
 */
LN_CHECKED int hubline_put(struct hubline *line, struct ln_bytes envelope,
                           uint64_t *out_put_id);
/** Not answered; lost when the line is down: it is published again at the next welcome. */
void hubline_publish(struct hubline *line, struct ln_bytes signed_statement);
/** Greets again, so that mails which were left at the hub come once more. */
void hubline_greet_again(struct hubline *line);

#endif
