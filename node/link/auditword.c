/*
 * A word is not given up before it was held against the log that it is about: the reader says
 * which word it has held last. Otherwise a log that was put back could outgrow the word, and
 * its first note would make the counterpart forget what it had seen.
 */
#include "auditword.h"

#include "witness.h"

#include <string.h>

enum { RECORD_ARENA = 64 * 1024, LITERAL_MAX = 40 * 1024 };

/* A counterpart can say what it likes: it fills no log, and drives no number to its limit. */
#define FINDING_APART_MS LN_HOUR_MS
enum { GENERATIONS_AHEAD_MAX = 1 << 20 };

struct taking {
    struct store_txn *txn;
    const struct local *local;
    const struct ln_note *note;
    const struct ln_signed *body;
    struct ln_witness_record record;
    bool wants_note;
};

static bool is_same(const struct ln_place *a, const struct ln_place *b)
{
    return a != NULL && b != NULL && audit_compare(a, b) == 0 &&
           ln_digest_equal(&a->head, &b->head);
}

/* Saying ----------------------------------------------------------------------------------- */

int auditword_say(struct store_txn *txn, const struct ln_name *peer, struct auditword *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    struct auditword word = {.own = {.generation = 0}};
    struct ln_witness_record record;
    int error = audit_head(txn, &word.own);
    if (error == 0 || error == LN_E_NOT_FOUND)
        error = audit_witness_get(txn, peer, &arena, &record);
    if (error != 0)
        return error;
    if (record.theirs != NULL)
        word.seen = *record.theirs;
    if (record.ours != NULL)
        word.known = *record.ours;
    *out = word;
    return 0;
}

/* Our log ---------------------------------------------------------------------------------- */

static int first_action(const struct ln_place *place, const struct ln_audit_entry *entry,
                        void *context)
{
    (void)place;
    *(uint32_t *)context = entry->action;
    return STORE_STOP;
}

/** Did a restore that was said begin what follows this generation? */
static int is_announced(struct taking *taking, uint64_t generation, bool *out)
{
    const struct ln_place next = {.generation = generation + 1};
    uint32_t action = 0;
    const int error = audit_entries(taking->txn, &next, first_action, &action);
    *out = action == LN_AUDIT_RESTORED || action == LN_AUDIT_LOST;
    return error;
}

/** What to call a place that a counterpart has seen and our log has not; 0: it has it. */
static int judge(struct taking *taking, const struct ln_place *word,
                 const struct ln_place *head, uint32_t *out_action)
{
    struct ln_digest here;
    bool is_said = taking->record.restoring != 0;
    int error = audit_head_at(taking->txn, word, &here);
    *out_action = 0;
    if (error == 0) {
        *out_action = ln_digest_equal(&here, &word->head) ? 0 : LN_AUDIT_REWRITTEN;
        return 0;
    }
    if (error == LN_E_STORE_DAMAGED) {
        *out_action = LN_AUDIT_REWRITTEN;
        return 0;
    }
    if (error != LN_E_NOT_FOUND)
        return error;
    error = 0;
    if (!is_said && word->generation < head->generation)
        error = is_announced(taking, word->generation, &is_said);
    *out_action = is_said ? LN_AUDIT_LOST : LN_AUDIT_ROLLED_BACK;
    return error;
}

static int write_finding(struct taking *taking, const struct ln_place *word,
                         const struct ln_place *head, uint32_t action)
{
    uint64_t last;
    int error = audit_last(taking->txn, word->generation, &last);
    if (error != 0)
        return error;
    const uint64_t count = word->sequence > last ? word->sequence - last : 0;
    const struct ln_audit_entry entry = {.when_ms = ln_now_ms(&taking->local->clock),
                                         .action = action,
                                         .member = taking->note->from,
                                         .count =
                                             count > UINT32_MAX ? UINT32_MAX : (uint32_t)count,
                                         .place = word};
    if (action != LN_AUDIT_LOST)
        error = witness_keep(taking->txn, &taking->note->from, taking->body);
    if (error != 0)
        return error;
    if (word->generation < head->generation)
        return audit_append(taking->txn, &entry);
    const bool is_far = word->generation - head->generation > GENERATIONS_AHEAD_MAX;
    return audit_begin(taking->txn, &entry, is_far ? 0 : word->generation);
}

/** Too soon after the last finding by this peer's word: it will say it again. */
static bool is_soon(const struct taking *taking)
{
    const uint64_t now_ms = ln_now_ms(&taking->local->clock);
    const struct ln_witness_record *record = &taking->record;
    return !record->restoring && now_ms >= record->found_ms &&
           now_ms < record->found_ms + FINDING_APART_MS;
}

/** The peer's word of our log. */
static int take_ours(struct taking *taking)
{
    const struct ln_place *word = taking->note->audit_seen;
    struct ln_place head = {.generation = 0};
    uint32_t action;
    if (word == NULL || (is_same(word, taking->record.ours) && !taking->record.restoring))
        return 0;
    int error = audit_head(taking->txn, &head);
    if (error == 0 || error == LN_E_NOT_FOUND)
        error = judge(taking, word, &head, &action);
    if (error == 0 && action != 0) {
        if (is_soon(taking))
            return 0;
        error = write_finding(taking, word, &head, action);
        taking->record.found_ms = ln_now_ms(&taking->local->clock);
        taking->wants_note = true; /* it says that this word is held */
    }
    taking->record.ours = word;
    taking->record.restoring = 0;
    return error;
}

/* The peer's log --------------------------------------------------------------------------- */

/** 0, or the code of what the peer's log has undergone since it told us of itself. */
static int has_forgotten(const struct taking *taking)
{
    const struct ln_witness_record *record = &taking->record;
    const struct ln_place *now = taking->note->audit, *known = taking->note->audit_known;
    const int order = audit_compare(now, record->theirs);
    if (order == 0 && !is_same(now, record->theirs))
        return LN_E_AUDIT_REWRITTEN;
    if (order < 0 || (record->confirmed != NULL &&
                      (known == NULL || audit_compare(known, record->confirmed) < 0)))
        return LN_E_AUDIT_ROLLED_BACK;
    return 0;
}

/** Both notes are evidence: the peer's node has signed what it knows nothing of any more. */
static int accuse(struct taking *taking, int code)
{
    struct ln_witness_record *record = &taking->record;
    static const struct ln_nonce none;
    if (memcmp(&taking->note->restore_question, &none, sizeof none) != 0)
        return 0; /* it says so itself, and is answered */
    taking->wants_note = true;
    if (record->forgot)
        return 0;
    record->forgot = 1;
    record->alarm = (uint32_t)-code;
    record->alarm_ms = ln_now_ms(&taking->local->clock);
    const int error = store_proof_add(taking->txn, &taking->note->from, record->theirs_note);
    return error == 0 ? witness_keep(taking->txn, &taking->note->from, taking->body) : error;
}

/** Our word of the peer's log becomes what the note says. */
static int advance(struct taking *taking, struct ln_buffer *literal)
{
    struct ln_witness_record *record = &taking->record;
    const int error = ln_signed_build(taking->body, literal);
    record->confirmed = record->theirs == NULL ? NULL : taking->note->audit_known;
    record->theirs = taking->note->audit;
    record->theirs_note = ln_buffer_view(literal);
    record->forgot = 0;
    return error;
}

static int take_theirs(struct taking *taking, struct ln_buffer *literal)
{
    const struct ln_note *note = taking->note;
    if (note->audit == NULL)
        return 0;
    if (taking->record.theirs == NULL)
        return advance(taking, literal);
    const int code = has_forgotten(taking);
    if (code != 0)
        return accuse(taking, code);
    return is_same(note->audit_known, taking->record.theirs) ? advance(taking, literal) : 0;
}

int auditword_take(struct store_txn *txn, const struct local *local, const struct ln_note *note,
                   const struct ln_signed *body, bool *out_wants_note)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LITERAL_MAX);
    struct taking taking = {.txn = txn, .local = local, .note = note, .body = body};
    *out_wants_note = false;
    if (note->audit == NULL && note->audit_seen == NULL)
        return 0;
    int error = audit_witness_get(txn, &note->from, &arena, &taking.record);
    if (error == 0)
        error = take_ours(&taking);
    if (error == 0)
        error = take_theirs(&taking, &literal);
    if (error == 0)
        error = audit_witness_put(txn, &note->from, &taking.record);
    *out_wants_note = taking.wants_note;
    return error;
}

/* A restore -------------------------------------------------------------------------------- */

static int mark_peer(struct store_txn *txn, const struct ln_name *peer)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    struct ln_witness_record record;
    const int error = audit_witness_get(txn, peer, &arena, &record);
    record.restoring = 1;
    return error == 0 ? audit_witness_put(txn, peer, &record) : error;
}

int auditword_restored(struct store_txn *txn, const struct local *local)
{
    const struct ln_roster *roster = ln_trust_roster(local->trust);
    const struct ln_audit_entry entry = {.when_ms = ln_now_ms(&local->clock),
                                         .action = LN_AUDIT_RESTORED};
    int error = audit_begin(txn, &entry, 0);
    for (size_t i = 0; i < roster->members_count && error == 0; i++) {
        if (!ln_name_equal(&roster->members[i].id, &local->member))
            error = mark_peer(txn, &roster->members[i].id);
    }
    return error;
}
