/*
 * The audit log, for those who may read it; and whether it is whole.
 */
#include "auditcheck.h"
#include "request.h"

#include <ctype.h>
#include <string.h>

/* Showing ---------------------------------------------------------------------------------- */

struct showing {
    struct request *request;
    uint64_t skip, all; /* older ones than are told; all that match */
    struct ln_door_audit_row *rows;
    size_t count;
};

static bool begins_as(const struct ln_id *case_id, struct ln_bytes prefix)
{
    char text[LN_ID_TEXT_SIZE];
    ln_id_text(case_id, text);
    for (size_t i = 0; i < prefix.size; i++) {
        if (text[i] != toupper(prefix.data[i])) /* shorter than the text: the wire's limit */
            return false;
    }
    return true;
}

static bool matches(const struct ln_door_audit *asked, const struct ln_audit_entry *entry)
{
    return (asked->officer.text[0] == '\0' ||
            ln_name_equal(&asked->officer, &entry->officer)) &&
           begins_as(&entry->case_id, asked->case_prefix) && entry->when_ms >= asked->from_ms &&
           (asked->until_ms == 0 || entry->when_ms < asked->until_ms);
}

static int count_entry(const struct ln_place *place, const struct ln_audit_entry *entry,
                       void *context)
{
    (void)place;
    struct showing *showing = context;
    showing->all += matches(showing->request->body->audit_show, entry);
    return 0;
}

static int copy_numbers(struct ln_arena *arena, const uint32_t **list_p, size_t count)
{
    uint32_t *copy = ln_arena_array(arena, count + 1, sizeof *copy);
    if (copy == NULL)
        return LN_E_OUT_OF_MEMORY;
    if (count > 0)
        memcpy(copy, *list_p, count * sizeof *copy);
    *list_p = copy;
    return 0;
}

static int copy_place(struct ln_arena *arena, const struct ln_place **place_p)
{
    struct ln_place *copy = *place_p == NULL ? NULL : ln_arena_take(arena, sizeof *copy);
    if (*place_p == NULL)
        return 0;
    if (copy == NULL)
        return LN_E_OUT_OF_MEMORY;
    *copy = **place_p;
    *place_p = copy;
    return 0;
}

/** The entry lives as long as the walk's step; the reply lives longer. */
static int copy_entry(struct ln_arena *arena, struct ln_audit_entry *entry)
{
    const uint8_t *purpose = ln_arena_copy(arena, entry->purpose);
    if (purpose == NULL)
        return LN_E_OUT_OF_MEMORY;
    entry->purpose = ln_view(purpose, entry->purpose.size);
    int error = copy_numbers(arena, &entry->roles, entry->roles_count);
    if (error == 0)
        error = copy_numbers(arena, &entry->shown, entry->shown_count);
    if (error == 0)
        error = copy_numbers(arena, &entry->shut, entry->shut_count);
    if (error == 0)
        error = copy_place(arena, &entry->place);
    return error == 0 ? copy_place(arena, &entry->follows) : error;
}

/** Newest first. */
static int show_entry(const struct ln_place *place, const struct ln_audit_entry *entry,
                      void *context)
{
    struct showing *showing = context;
    if (!matches(showing->request->body->audit_show, entry))
        return 0;
    if (showing->skip > 0) {
        showing->skip--;
        return 0;
    }
    if (showing->count == LN_DOOR_AUDIT_MAX)
        return STORE_STOP;
    showing->count++;
    struct ln_door_audit_row *row = &showing->rows[LN_DOOR_AUDIT_MAX - showing->count];
    *row = (struct ln_door_audit_row){*place, *entry};
    return copy_entry(showing->request->arena, &row->entry);
}

int request_audit_show(struct request *request)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct showing showing = {.request = request};
    showing.rows = ln_arena_array(request->arena, LN_DOOR_AUDIT_MAX, sizeof *showing.rows);
    if (showing.rows == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = store_read(request->local->store, &txn);
    if (error == 0)
        error = audit_entries(txn, NULL, count_entry, &showing);
    if (showing.all > LN_DOOR_AUDIT_MAX)
        showing.skip = showing.all - LN_DOOR_AUDIT_MAX;
    if (error == 0)
        error = audit_entries(txn, NULL, show_entry, &showing);
    if (error != 0)
        return error;
    request->reply->audit = showing.rows + (LN_DOOR_AUDIT_MAX - showing.count);
    request->reply->audit_count = showing.count;
    request->reply->count = showing.all;
    auditing_count(request, showing.count);
    return 0;
}

/* Verifying -------------------------------------------------------------------------------- */

struct verifying {
    struct ln_door_audit_finding *findings;
    struct ln_door_audit_witness *witnesses;
    struct ln_door_audit_verdict *verdict;
    struct ln_arena *arena;
};

static int add_finding(const struct audit_finding *finding, void *context)
{
    struct verifying *verifying = context;
    struct ln_door_audit_verdict *verdict = verifying->verdict;
    verdict->findings_all++;
    if (verdict->findings_count < LN_DOOR_FINDINGS_MAX)
        verifying->findings[verdict->findings_count++] = (struct ln_door_audit_finding){
            (uint32_t)-finding->code,  finding->about,          finding->witness,
            finding->place.generation, finding->place.sequence, finding->count,
            finding->when_ms};
    return 0;
}

static int add_witness(const struct ln_name *peer, const struct ln_witness_record *record,
                       void *context)
{
    struct verifying *verifying = context;
    struct ln_door_audit_verdict *verdict = verifying->verdict;
    if (verdict->witnesses_count == LN_MEMBERS_MAX)
        return STORE_STOP;
    struct ln_door_audit_witness *witness = &verifying->witnesses[verdict->witnesses_count++];
    *witness = (struct ln_door_audit_witness){*peer, record->ours, record->theirs};
    const int error = copy_place(verifying->arena, &witness->ours);
    return error == 0 ? copy_place(verifying->arena, &witness->theirs) : error;
}

static int verify(struct store_txn *txn, struct verifying *verifying)
{
    struct ln_door_audit_verdict *verdict = verifying->verdict;
    struct ln_place head;
    int error = audit_check(txn, add_finding, verifying, &verdict->entries);
    if (error == 0)
        error = audit_witnesses(txn, add_witness, verifying);
    if (error != 0 || audit_head(txn, &head) != 0) /* the check has told why there is none */
        return error;
    verdict->head = &head;
    return copy_place(verifying->arena, &verdict->head);
}

int request_audit_verify(struct request *request)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct ln_arena *arena = request->arena;
    struct verifying verifying = {
        .findings = ln_arena_array(arena, LN_DOOR_FINDINGS_MAX, sizeof *verifying.findings),
        .witnesses = ln_arena_array(arena, LN_MEMBERS_MAX, sizeof *verifying.witnesses),
        .verdict = ln_arena_take(arena, sizeof *verifying.verdict),
        .arena = arena,
    };
    if (verifying.findings == NULL || verifying.witnesses == NULL || verifying.verdict == NULL)
        return LN_E_OUT_OF_MEMORY;
    verifying.verdict->findings = verifying.findings;
    verifying.verdict->witnesses = verifying.witnesses;
    int error = store_read(request->local->store, &txn);
    if (error == 0)
        error = verify(txn, &verifying);
    if (error == 0)
        request->reply->verdict = verifying.verdict;
    return error;
}
