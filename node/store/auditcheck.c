/*
 * After an entry that is missing or changed the chain is taken up again at the next one, so
 * that each damage is named once and where it is.
 */
#include "auditcheck.h"

#include "table.h"

#include <string.h>

enum { RECORD_ARENA = 8 * 1024, TOLD_MAX = 256 };

struct checking {
    struct store_txn *txn;
    audit_each_finding *each;
    void *context;
    struct ln_place before;         /* the entry that was looked at last */
    bool is_broken;                 /* its head is not known */
    struct ln_place told[TOLD_MAX]; /* words that the log itself says it does not meet */
    size_t told_count;
    uint64_t entries;
};

static int find(const struct checking *checking, int code, struct ln_place place,
                uint64_t count)
{
    const struct audit_finding finding = {.code = code, .place = place, .count = count};
    return checking->each(&finding, checking->context);
}

/* The chain -------------------------------------------------------------------------------- */

struct opened {
    struct ln_place place;
    struct ln_bytes literal;
    struct ln_digest head;
    struct ln_audit_entry entry;
};

static int open_entry(const struct checking *checking, struct ln_bytes key,
                      struct ln_arena *arena, struct opened *out)
{
    struct ln_audit_record record;
    if (key.size != 2 * KEY_NUMBER_BYTES)
        return LN_E_STORE_DAMAGED;
    const struct table_key whole = key_bytes(key_none(), key.data, key.size);
    out->place = (struct ln_place){.generation = key_number_at(key, 0),
                                   .sequence = key_number_at(key, KEY_NUMBER_BYTES)};
    int error =
        record_get(checking->txn, TABLE_AUDIT, &whole, &ln_wire_audit_record, arena, &record);
    if (error != 0)
        return error;
    out->literal = record.entry;
    out->head = record.head;
    error = ln_audit_entry_open(record.entry, arena, &out->entry);
    return error == 0 || error == LN_E_OUT_OF_MEMORY ? error : LN_E_STORE_DAMAGED;
}

/** What the first entry of a generation follows is what stands before it. */
static int check_start(struct checking *checking, const struct opened *opened)
{
    const struct ln_place *before = &checking->before, *follows = opened->entry.follows;
    static const struct ln_place nothing;
    if (follows == NULL)
        follows = &nothing;
    if (opened->place.sequence > 1) {
        checking->is_broken = true;
        return find(checking, LN_E_AUDIT_CUT,
                    (struct ln_place){.generation = opened->place.generation, .sequence = 1},
                    opened->place.sequence - 1);
    }
    if (audit_compare(before, follows) == 0)
        return 0;
    checking->is_broken = true;
    const bool is_behind =
        before->generation == follows->generation && before->sequence < follows->sequence;
    return find(checking, LN_E_AUDIT_CUT, *follows,
                is_behind ? follows->sequence - before->sequence : 0);
}

static int check_number(struct checking *checking, const struct ln_place *place)
{
    const uint64_t expected = checking->before.sequence + 1;
    if (place->sequence == expected)
        return 0;
    checking->is_broken = true;
    return find(checking, LN_E_AUDIT_CUT,
                (struct ln_place){.generation = place->generation, .sequence = expected},
                place->sequence - expected);
}

/** What was found before is in the log for good. */
static int check_action(struct checking *checking, const struct opened *opened)
{
    static const struct {
        uint32_t action;
        int code;
    } rows[] = {{LN_AUDIT_LOST, 0},
                {LN_AUDIT_ROLLED_BACK, LN_E_AUDIT_ROLLED_BACK},
                {LN_AUDIT_REWRITTEN, LN_E_AUDIT_REWRITTEN}};
    const struct ln_audit_entry *entry = &opened->entry;
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        if (rows[i].action != entry->action || entry->place == NULL)
            continue;
        if (checking->told_count < TOLD_MAX)
            checking->told[checking->told_count++] = *entry->place;
        const struct audit_finding finding = {.code = rows[i].code,
                                              .witness = entry->member,
                                              .place = *entry->place,
                                              .count = entry->count,
                                              .when_ms = entry->when_ms};
        return checking->each(&finding, checking->context);
    }
    return 0;
}

static int check_link(struct checking *checking, const struct opened *opened)
{
    struct ln_digest head;
    audit_chain(&checking->before.head, &opened->place, opened->literal, &head);
    if (checking->is_broken || ln_digest_equal(&head, &opened->head))
        return 0;
    return find(checking, LN_E_AUDIT_REWRITTEN, opened->place, 0);
}

static int check_entry(struct ln_bytes key, struct ln_bytes sealed, void *context)
{
    (void)sealed;
    struct checking *checking = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    struct opened opened = {.literal = ln_view(NULL, 0)};
    const int opening = open_entry(checking, key, &arena, &opened);
    if (opening != 0 && opening != LN_E_STORE_DAMAGED)
        return opening;
    checking->entries++;
    int error = 0;
    if (opening == 0 && opened.place.generation != checking->before.generation)
        error = check_start(checking, &opened);
    else if (opened.place.generation == checking->before.generation)
        error = check_number(checking, &opened.place);
    if (error == 0 && opening != 0)
        error = find(checking, LN_E_AUDIT_REWRITTEN, opened.place, 0);
    if (error == 0 && opening == 0)
        error = check_link(checking, &opened);
    if (error == 0 && opening == 0)
        error = check_action(checking, &opened);
    checking->before = opened.place;
    checking->before.head = opened.head;
    checking->is_broken = opening != 0;
    return error;
}

/** What stands beside the log says where it ends. */
static int check_end(struct checking *checking)
{
    struct ln_place head;
    const struct ln_place *last = &checking->before;
    const int error = audit_head(checking->txn, &head);
    if (error == LN_E_STORE_DAMAGED)
        return find(checking, LN_E_AUDIT_REWRITTEN, *last, 0);
    if (error != 0)
        return error == LN_E_NOT_FOUND ? 0 : error;
    if (audit_compare(last, &head) != 0)
        return find(checking, LN_E_AUDIT_CUT, head,
                    last->generation == head.generation ? head.sequence - last->sequence : 0);
    return checking->is_broken || ln_digest_equal(&last->head, &head.head)
               ? 0
               : find(checking, LN_E_AUDIT_REWRITTEN, head, 0);
}

/* The witnesses ---------------------------------------------------------------------------- */

static bool is_told(const struct checking *checking, const struct ln_place *word)
{
    for (size_t i = 0; i < checking->told_count; i++) {
        if (audit_compare(&checking->told[i], word) == 0 &&
            ln_digest_equal(&checking->told[i].head, &word->head))
            return true;
    }
    return false;
}

static int check_word(const struct checking *checking, const struct ln_name *peer,
                      const struct ln_place *word)
{
    struct audit_finding finding = {.witness = *peer, .place = *word};
    struct ln_digest head;
    uint64_t last = 0;
    int error = audit_head_at(checking->txn, word, &head);
    if (is_told(checking, word) || (error == 0 && ln_digest_equal(&head, &word->head)))
        return 0;
    finding.code = error == LN_E_NOT_FOUND ? LN_E_AUDIT_CUT : LN_E_AUDIT_REWRITTEN;
    if (error != 0 && error != LN_E_NOT_FOUND && error != LN_E_STORE_DAMAGED)
        return error;
    error = audit_last(checking->txn, word->generation, &last);
    if (finding.code == LN_E_AUDIT_CUT && word->sequence > last)
        finding.count = word->sequence - last;
    return error == 0 ? checking->each(&finding, checking->context) : error;
}

static int check_witness(const struct ln_name *peer, const struct ln_witness_record *record,
                         void *context)
{
    const struct checking *checking = context;
    const int error = record->ours == NULL ? 0 : check_word(checking, peer, record->ours);
    if (error != 0 || record->alarm == 0)
        return error;
    const struct audit_finding finding = {.code = -(int)record->alarm,
                                          .about = *peer,
                                          .place = *record->theirs,
                                          .when_ms = record->alarm_ms};
    return checking->each(&finding, checking->context);
}

int audit_check(struct store_txn *txn, audit_each_finding *each, void *context,
                uint64_t *out_entries)
{
    struct checking *checking = ln_allocate(sizeof *checking);
    *checking = (struct checking){.txn = txn, .each = each, .context = context};
    int error = database_walk(txn->database, TABLE_AUDIT, ln_view(NULL, 0), ln_view(NULL, 0),
                              check_entry, checking);
    if (error == 0)
        error = check_end(checking);
    if (error == 0)
        error = audit_witnesses(txn, check_witness, checking);
    *out_entries = checking->entries;
    ln_release(checking, sizeof *checking);
    return error;
}
