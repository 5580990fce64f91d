/*
 * From the store's records to the fold.
 */
#include "casefile.h"

#include "agreements.h"

#include <ctype.h>
#include <string.h>

enum { PREFIX_MIN = 4 };

struct loading {
    struct store_txn *txn;
    const struct local *local;
    enum casefile_depth depth;
    struct ln_arena *arena;
    struct casefile *file;
};

static int count_event(const struct ln_case_event_record *record, void *context)
{
    (void)record;
    size_t *count = context;
    return ++*count > CASE_EVENTS_MAX ? LN_E_TOO_MANY : 0;
}

void casefile_roles(const struct local *local, const struct ln_event *event,
                    struct case_fact *out)
{
    const struct ln_manifest *manifest = ln_trust_manifest_version(
        local->trust, &event->author.member, event->manifest_version, &event->manifest_digest);
    for (size_t i = 0; manifest != NULL && i < manifest->officers_count; i++) {
        if (!ln_name_equal(&manifest->officers[i].id, &event->author.officer))
            continue;
        out->roles = manifest->officers[i].roles;
        out->roles_count = manifest->officers[i].roles_count;
    }
}

/** What was erased had its effect. */
static int why_without_effect(const struct ln_case_event_record *record)
{
    const int refused = -(int)record->refused;
    return refused == LN_E_ERASED ? 0 : refused;
}

static int load_event(const struct ln_case_event_record *record, void *context)
{
    const struct loading *loading = context;
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    struct casefile *file = loading->file;
    struct casefile_event *event = &file->events[file->count];
    struct case_fact *fact = &file->facts[file->count];
    AUTO(ln_arena_wipe) struct ln_arena scratch = LN_ARENA(4 * LN_EVENT_ITEM_MAX);
    const bool is_shallow = loading->depth == CASEFILE_HEADERS;
    int error = store_event_get(loading->txn, &record->digest, &packed);
    if (error == 0)
        error = ln_event_item_open(ln_buffer_view(&packed),
                                   is_shallow ? &scratch : loading->arena, &event->item);
    if (error == 0)
        error = ln_event_open(event->item.event.body, loading->arena, &event->event);
    if (is_shallow)
        event->item = (struct ln_event_item){.sections_count = 0};
    if (error != 0)
        return error;
    event->received_ms = record->received_ms;
    event->refused = record->refused;
    *fact = (struct case_fact){.digest = record->digest,
                               .event = &event->event,
                               .refused = why_without_effect(record)};
    casefile_roles(loading->local, &event->event, fact);
    file->count++;
    return 0;
}

int casefile_load(struct store_txn *txn, const struct local *local, const struct ln_id *case_id,
                  enum casefile_depth depth, struct ln_arena *arena, struct casefile *out)
{
    struct casefile file = {.case_id = *case_id};
    struct loading loading = {txn, local, depth, arena, &file};
    size_t count = 0;
    int error = store_case_events(txn, case_id, count_event, &count);
    if (error != 0)
        return error;
    if (count == 0)
        return LN_E_NO_CASE;
    file.events = ln_arena_array(arena, count, sizeof *file.events);
    file.facts = ln_arena_array(arena, count, sizeof *file.facts);
    if (file.events == NULL || file.facts == NULL)
        return LN_E_OUT_OF_MEMORY;
    error = store_case_events(txn, case_id, load_event, &loading);
    if (error == 0)
        error = case_fold(file.facts, file.count, agreements_policies(local->agreements), arena,
                          &file.state);
    if (error == 0)
        *out = file;
    return error;
}

/* Finding ---------------------------------------------------------------------------------- */

struct finding {
    char prefix[LN_ID_TEXT_SIZE];
    size_t size;
    struct ln_id found;
    size_t count;
};

static int compare_case(const struct ln_id *case_id, const struct ln_case_record *record,
                        void *context)
{
    (void)record;
    struct finding *finding = context;
    char text[LN_ID_TEXT_SIZE];
    ln_id_text(case_id, text);
    if (strncmp(text, finding->prefix, finding->size) != 0)
        return STORE_STOP; /* texts sort as numbers do */
    finding->found = *case_id;
    return ++finding->count > 1 ? STORE_STOP : 0;
}

int casefile_find(struct store_txn *txn, struct ln_bytes prefix, struct ln_id *out)
{
    struct finding finding = {.size = prefix.size};
    if (prefix.size < PREFIX_MIN || prefix.size >= sizeof finding.prefix)
        return LN_E_NO_CASE;
    struct ln_id first;
    memset(finding.prefix, '0', sizeof finding.prefix - 1);
    for (size_t i = 0; i < prefix.size; i++)
        finding.prefix[i] = (char)toupper(prefix.data[i]);
    if (ln_id_read(finding.prefix, &first) != 0)
        return LN_E_NO_CASE;
    const int error = store_cases(txn, &first, compare_case, &finding);
    if (error != 0)
        return error;
    if (finding.count != 1)
        return finding.count == 0 ? LN_E_NO_CASE : LN_E_AMBIGUOUS;
    *out = finding.found;
    return 0;
}

const struct case_entry *casefile_event(const struct casefile *file,
                                        const struct ln_name *member, uint64_t number)
{
    for (size_t i = 0; i < file->state.entries_count; i++) {
        const struct case_entry *entry = &file->state.entries[i];
        const struct ln_event *event = file->facts[entry->fact].event;
        if (entry->effect == CASE_PLACED &&
            (member->text[0] == '\0'
                 ? event == file->state.first
                 : ln_name_equal(&event->author.member, member) && event->number == number))
            return entry;
    }
    return NULL;
}
