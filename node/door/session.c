/*
 * A small array of sessions, and one of names that mistyped lately.
 */
#include "session.h"

#include "crypto.h"

#include <string.h>

enum { NAMES_MAX = 256, DOUBLINGS_MAX = 9 };

#define DELAY_MAX_MS (5 * LN_MINUTE_MS)

struct mistake {
    struct ln_name name;
    unsigned count;
    uint64_t until_ms;
};

struct sessions {
    const char *directory;
    struct ln_clock clock;
    uint64_t idle_ms;
    struct session list[SESSIONS_MAX];
    size_t count;
    struct mistake mistakes[NAMES_MAX];
    size_t mistakes_count;
};

struct sessions *sessions_new(const char *directory, const struct ln_clock *clock,
                              uint64_t idle_ms)
{
    struct sessions *sessions = ln_allocate(sizeof *sessions);
    memset(sessions, 0, sizeof *sessions);
    sessions->directory = directory;
    sessions->clock = *clock;
    sessions->idle_ms = idle_ms;
    return sessions;
}

static void lock_at(struct sessions *sessions, size_t index)
{
    officer_lock(&sessions->list[index].officer);
    crypto_wipe(&sessions->list[index], sizeof sessions->list[index]);
    sessions->list[index] = sessions->list[--sessions->count];
}

void sessions_destroy(struct sessions **sessions_p)
{
    struct sessions *sessions = *sessions_p;
    if (sessions == NULL)
        return;
    while (sessions->count > 0)
        lock_at(sessions, 0);
    ln_release(sessions, sizeof *sessions);
    *sessions_p = NULL;
}

/* Mistakes --------------------------------------------------------------------------------- */

static struct mistake *mistake_of(struct sessions *sessions, const struct ln_name *name)
{
    for (size_t i = 0; i < sessions->mistakes_count; i++) {
        if (ln_name_equal(&sessions->mistakes[i].name, name))
            return &sessions->mistakes[i];
    }
    return NULL;
}

/** The place of the mistake that is over longest is taken when there is no other. */
static struct mistake *new_mistake(struct sessions *sessions, const struct ln_name *name)
{
    struct mistake *mistake = &sessions->mistakes[0];
    if (sessions->mistakes_count < NAMES_MAX) {
        mistake = &sessions->mistakes[sessions->mistakes_count++];
    } else {
        for (size_t i = 1; i < NAMES_MAX; i++) {
            if (sessions->mistakes[i].until_ms < mistake->until_ms)
                mistake = &sessions->mistakes[i];
        }
    }
    *mistake = (struct mistake){.name = *name};
    return mistake;
}

static void note_mistake(struct sessions *sessions, const struct ln_name *name)
{
    struct mistake *mistake = mistake_of(sessions, name);
    if (mistake == NULL)
        mistake = new_mistake(sessions, name);
    const unsigned doublings = mistake->count < DOUBLINGS_MAX ? mistake->count : DOUBLINGS_MAX;
    uint64_t delay_ms = LN_SECOND_MS << doublings;
    if (delay_ms > DELAY_MAX_MS)
        delay_ms = DELAY_MAX_MS;
    mistake->count++;
    mistake->until_ms = ln_now_ms(&sessions->clock) + delay_ms;
}

/** A clock that was set back must not make minutes into a year. */
static bool is_delayed(const struct mistake *mistake, uint64_t now_ms)
{
    return now_ms < mistake->until_ms && mistake->until_ms - now_ms <= DELAY_MAX_MS;
}

/* Sessions --------------------------------------------------------------------------------- */

/** An officer who logs in again and again ends the own oldest session, and nobody else's. */
static void make_place(struct sessions *sessions, const struct ln_name *name)
{
    size_t count = 0, oldest = 0;
    for (size_t i = 0; i < sessions->count; i++) {
        if (!ln_name_equal(officer_name(sessions->list[i].officer), name))
            continue;
        if (count == 0 || sessions->list[i].used_ms < sessions->list[oldest].used_ms)
            oldest = i;
        count++;
    }
    if (count >= SESSIONS_OF_ONE_MAX)
        lock_at(sessions, oldest);
}

int sessions_login(struct sessions *sessions, const struct ln_name *name,
                   struct ln_bytes passphrase, struct ln_door_token *out_token)
{
    const uint64_t now_ms = ln_now_ms(&sessions->clock);
    struct mistake *mistake = mistake_of(sessions, name);
    struct officer *officer;
    sessions_expire(sessions);
    if (mistake != NULL && is_delayed(mistake, now_ms))
        return LN_E_LOGIN_DELAY;
    const int error = officer_unlock(sessions->directory, name, passphrase, &officer);
    if (error == LN_E_LOGIN)
        note_mistake(sessions, name);
    if (error != 0)
        return error;
    if (mistake != NULL)
        mistake->count = 0;
    make_place(sessions, name); /* now that we know who asks */
    if (sessions->count == SESSIONS_MAX) {
        officer_lock(&officer);
        return LN_E_TOO_MANY;
    }
    struct session *session = &sessions->list[sessions->count++];
    *session = (struct session){.officer = officer, .used_ms = now_ms};
    crypto_random(session->token.b, sizeof session->token.b);
    *out_token = session->token;
    return 0;
}

/** Nor must it keep a session open: how long it was idle is not known then. */
void sessions_expire(struct sessions *sessions)
{
    const uint64_t now_ms = ln_now_ms(&sessions->clock);
    for (size_t i = sessions->count; i > 0; i--) {
        if (now_ms > sessions->list[i - 1].used_ms + sessions->idle_ms ||
            now_ms + sessions->idle_ms < sessions->list[i - 1].used_ms)
            lock_at(sessions, i - 1);
    }
}

const struct session *sessions_find(struct sessions *sessions,
                                    const struct ln_door_token *token)
{
    struct session *found = NULL;
    sessions_expire(sessions);
    for (size_t i = 0; i < sessions->count; i++) {
        if (crypto_equal(sessions->list[i].token.b, token->b, sizeof token->b))
            found = &sessions->list[i];
    }
    if (found != NULL)
        found->used_ms = ln_now_ms(&sessions->clock);
    return found;
}

void sessions_logout(struct sessions *sessions, const struct ln_door_token *token)
{
    for (size_t i = sessions->count; i > 0; i--) {
        if (crypto_equal(sessions->list[i - 1].token.b, token->b, sizeof token->b))
            lock_at(sessions, i - 1);
    }
}
