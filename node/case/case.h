/*
 * A case is the fold of its events: the same state on every node that holds the same events, in
 * whatever order they came. Pure: no clock, no network, no store. Source: docs/cases.md, The
 * fold, Referral.
 *
 * Threads: any. Cost: about n log n, at worst n * n small steps for n events that all cite each
 * other.
 */
#ifndef CASE_H
#define CASE_H

#include "policy.h"

#include <liaison/error.h>
#include <liaison/event.h>

enum {
    CASE_EVENTS_MAX = 4096,
    /**
     * Bytes of all event items of a case: so that a case, whatever a counterpart sends, can be
     * shown and answered on an old computer.
     */
    CASE_SIZE_MAX = 12 * 1024 * 1024,
};

/**
 * A case number: milliseconds since 1970 (6 bytes), the first 4 characters of its maker's
 * member name (NUL-filled), 6 random bytes.
 */
enum { CASE_ID_MEMBER_OFFSET = 6, CASE_ID_MEMBER_BYTES = 4 };

/** One event as the fold needs it. Borrowed. */
struct case_fact {
    struct ln_digest digest;
    const struct ln_event *event;
    /**
     * The author's roles in the manifest that the event names; none if that officer is not in
     * it.
     */
    const uint32_t *roles;
    size_t roles_count;
    int refused; /* why this node refused it when it came; 0: it did not */
};

/** Is it the REFER by which its case may begin: the maker's first, with parties as they must
 * be? */
bool case_begins(const struct ln_event *event);
/** Does this REFER bind only once another officer of the same country has signed APPROVE? By
 * the emergency article, or against a consent that was not given. */
bool case_takes_two(const struct ln_event *event);

/** Where an addressee stands. */
enum case_status { CASE_SENT = 1, CASE_OPENED, CASE_ANSWERED, CASE_CLOSED };
const char *case_status_name(enum case_status status);

/** What became of an event. */
enum case_effect {
    CASE_PLACED = 1,     /* it took effect */
    CASE_WITHOUT_EFFECT, /* kept and shown, with the code of the rule that says so */
    CASE_WAITING,        /* it cites an event that is not here */
};

struct case_entry {
    size_t fact; /* index */
    enum case_effect effect;
    int code; /* CASE_WITHOUT_EFFECT: why; 0 otherwise */
};

/** What later events say of a fact's sections, by compartment; NULL: nothing. */
struct case_mark {
    const struct case_fact *corrects; /* of a CORRECT: what it corrects */
    const struct case_fact *corrected[LN_COMPARTMENT_LAST + 1];
    const struct case_fact *revoked[LN_COMPARTMENT_LAST + 1]; /* [0]: all of them */
};

struct case_party {
    struct ln_name member, office;
    enum case_status status; /* of an addressee; the author's own, parties[0], is unused */
};

/** What a member has said last: what its next event must follow. */
struct case_tip {
    struct ln_name member;
    uint64_t number;
    struct ln_digest digest;
};

struct case_state {
    bool has_begun;    /* the first event is here and took effect */
    bool is_disputed;  /* a member signed two events with one number */
    bool needs_second; /* case_takes_two, and no second officer has signed */
    const struct policy_agreements *agreements; /* that events may name; borrowed */
    struct ln_id case_id;
    uint32_t kind, urgency, request;
    const struct ln_event *first;
    struct case_party parties[LN_PARTIES_MAX];
    size_t parties_count;
    struct case_tip tips[LN_PARTIES_MAX];
    size_t tips_count;
    const struct case_fact *facts; /* that were folded; borrowed */
    struct case_mark *marks;       /* one a fact; for node/case/standing.c */
    const struct case_entry
        *entries; /* placed ones in the fold's order, then those that wait */
    size_t entries_count, waiting_count;
};

/**
 * LN_E_TOO_MANY above CASE_EVENTS_MAX; LN_E_OUT_OF_MEMORY. The state borrows from facts and
 * arena.
 */
LN_CHECKED int case_fold(const struct case_fact *facts, size_t facts_count,
                         const struct policy_agreements *agreements, struct ln_arena *arena,
                         struct case_state *out);

/**
 * Would this event take effect now? The same question that the fold asks of every event, and
 * the sender's node before it signs. 0, or LN_E_ROLE, NOT_A_PARTY, STATE, EVENT_ORDER, PARTIES,
 * NO_REASON, NEEDS_SECOND, SAME_OFFICER, NO_EVENT, NOT_ORIGINATOR, DRAFT, of case_origin, or of
 * policy_check.
 */
LN_CHECKED int case_allows(const struct case_state *state, const struct case_fact *fact);

/** The party that a member is; NULL: none. */
const struct case_party *case_party_of(const struct case_state *state,
                                       const struct ln_name *member);
/** The event of that digest, if it took effect; NULL otherwise. */
const struct case_fact *case_placed(const struct case_state *state,
                                    const struct ln_digest *digest);
/** What the member's next event must follow; NULL: it has said nothing yet. */
const struct case_tip *case_tip_of(const struct case_state *state,
                                   const struct ln_name *member);

/** The same without agreements and principles: who acts, in which order, in which state. */
LN_CHECKED int case_allows_action(const struct case_state *state, const struct case_fact *fact);

/** Does the agreement that the event names permit it? As policy_check; for the fold, and for a
 * receiver that has the case's REFER, or the event is it. */
struct policy_answer case_policy(const struct policy_agreements *agreements,
                                 const struct ln_event *event, const struct ln_event *refer);

/**
 * The same of the agreement that the event names, as it was signed, and of no other body:
 * endings and newer versions undo nothing that was taken before them. For the fold, and for
 * what a counterpart gives back after a restore.
 */
struct policy_answer case_policy_as_signed(const struct policy_agreements *agreements,
                                           const struct ln_event *event,
                                           const struct ln_event *refer);

/**
 * May what an event of a case between these parties takes from another case be given to them,
 * by the heads that it carries? For the fold, and for a receiver. 0, ORIGIN, or of
 * handling_allows.
 */
LN_CHECKED int case_origin(const struct ln_event *event, const struct ln_event *refer);

/** Puts an event's effect into the state; it must be allowed. For the fold. */
void case_apply(struct case_state *state, const struct case_fact *fact);

#endif
