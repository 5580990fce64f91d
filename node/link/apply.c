/*
 * An event is verified once, where it enters, by the manifest that it names; the fold then
 * decides what effect it has. Whether it has one is not asked here: an event without effect is
 * kept and shown as such.
 */
#include "apply.h"

#include "agreements.h"
#include "case.h"
#include "handling.h"

#include <string.h>

enum { ITEM_ARENA = 512 * 1024 };

/** By our own clock, since the sender's may have been set back: docs/protocol.md, Agreements.
 */
#define ENDED_LONG_AGO_MS (30 * LN_DAY_MS)

/** Counterparts give back what a restored node forgot; letters wait in a hub for so long. */
#define GIVEN_BACK_MS (35 * LN_DAY_MS)

bool apply_is_fatal(int error)
{
    return error == LN_E_STORE || error == LN_E_STORE_DAMAGED || error == LN_E_DISK_FULL ||
           error == LN_E_OUT_OF_MEMORY || error == LN_E_SYSTEM;
}

static int open_event(struct ln_arena *arena, struct apply_event *event)
{
    const int error = ln_event_open(event->item.event.body, arena, &event->event);
    if (error == 0)
        ln_signed_digest(&event->item.event, &event->digest);
    return error;
}

int apply_open(struct ln_bytes packed_item, struct ln_arena *arena, struct apply_event *out)
{
    const int error = ln_event_item_open(packed_item, arena, &out->item);
    return error == 0 ? open_event(arena, out) : error;
}

int apply_verify(const struct local *local, const struct ln_event_item *item,
                 struct ln_arena *arena, struct apply_event *out)
{
    out->item = *item;
    if (item->event.type != LN_TYPE_EVENT)
        return LN_E_WRONG_TYPE;
    int error = open_event(arena, out);
    if (error != 0)
        return error;
    if (!ln_id_equal(&out->event.federation, &local->federation))
        return LN_E_WRONG_FEDERATION;
    const struct ln_officer *officer;
    error = ln_trust_verify_officer(local->trust, &item->event, &out->event, &officer);
    if (error == 0 && ln_trust_is_revoked(local->trust, &out->event.author.member,
                                          &out->event.author.officer))
        error = LN_E_KEY_REVOKED;
    if (error == 0 && item->sections_count == 0 && out->event.sections_count > 0)
        return LN_E_ERASED;
    return error == 0 ? ln_event_item_check(&out->event, item) : error;
}

/* The case's row --------------------------------------------------------------------------- */

/** Who takes part in a case, as the REFER says that began it. */
struct parties {
    struct ln_name members[LN_PARTIES_MAX];
    size_t count; /* 0: it is not here */
};

/** The REFER by which a case began. */
static int open_refer(struct store_txn *txn, const struct ln_case_record *row,
                      struct ln_arena *arena, struct apply_event *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    const int error = store_event_get(txn, &row->refer, &packed);
    return error == 0 ? apply_open(ln_buffer_view(&packed), arena, out) : error;
}

static int find_parties(struct store_txn *txn, const struct ln_case_record *row,
                        struct parties *out)
{
    *out = (struct parties){.count = 0};
    if (ln_digest_is_zero(&row->refer))
        return 0;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ITEM_ARENA);
    struct apply_event refer;
    const int error = open_refer(txn, row, &arena, &refer);
    for (size_t i = 0; error == 0 && i < refer.event.parties_count; i++)
        out->members[out->count++] = refer.event.parties[i].member;
    return error;
}

/** A referral that does not name us was not meant for us. */
static bool names_us(const struct local *local, const struct ln_event *event)
{
    for (size_t i = 0; i < event->parties_count; i++) {
        if (ln_name_equal(&event->parties[i].member, &local->member))
            return true;
    }
    return event->action != LN_ACTION_REFER;
}

/** Only where the case's first event is here can it be said who has no part in it. */
static int check_party(struct store_txn *txn, const struct ln_case_record *row,
                       const struct ln_event *event)
{
    struct parties parties;
    const int error = find_parties(txn, row, &parties);
    if (error != 0 || parties.count == 0)
        return error;
    for (size_t i = 0; i < parties.count; i++) {
        if (ln_name_equal(&parties.members[i], &event->author.member))
            return 0;
    }
    return LN_E_NOT_A_PARTY;
}

/** How long the agreement lets us keep an event's sections; 0: it has none, or no agreement. */
static uint64_t kept_until_ms(const struct local *local, const struct ln_event *event)
{
    const struct policy_agreement *agreement =
        policy_find(agreements_policies(local->agreements), &event->agreement);
    return agreement == NULL || event->sections_count == 0
               ? 0
               : handling_kept_until_ms(
                     ln_agreement_article(agreement->agreement, event->article),
                     event->created_ms);
}

static int update_case(struct store_txn *txn, const struct local *local,
                       const struct apply_event *applied, struct ln_case_record *row)
{
    const struct ln_event *event = &applied->event;
    static const struct ln_digest none;
    const bool is_ours = ln_name_equal(&event->author.member, &local->member);
    row->updated_ms = ln_now_ms(&local->clock);
    row->events++;
    row->last_action = event->action;
    row->last_member = event->author.member;
    row->unread = is_ours ? 0 : row->unread + 1;
    const uint64_t until_ms = is_ours ? 0 : kept_until_ms(local, event);
    if (until_ms > row->kept_until_ms)
        row->kept_until_ms = until_ms;
    if (case_begins(event) && ln_digest_equal(&row->refer, &none)) {
        row->refer = applied->digest;
        row->first_member = event->author.member;
        row->urgency = event->urgency;
        row->request = event->request;
        row->is_forwarded = event->origin != NULL;
    }
    return store_case_put(txn, &event->case_id, row);
}

static bool has_wrap(const struct ln_section *section, const struct ln_key_id *role_key_id)
{
    for (size_t i = 0; i < section->wraps_count; i++) {
        if (ln_key_id_equal(&section->wraps[i].role_key_id, role_key_id))
            return true;
    }
    return false;
}

/** How many wraps of `more` are for readers that `section` has not; they are added behind. */
static size_t merge_wraps(struct ln_arena *arena, struct ln_section *section,
                          const struct ln_section *more)
{
    size_t count = section->wraps_count;
    struct ln_wrap *wraps = ln_arena_array(arena, count + more->wraps_count + 1, sizeof *wraps);
    if (wraps == NULL)
        return 0;
    if (count > 0)
        memcpy(wraps, section->wraps, count * sizeof *wraps);
    for (size_t i = 0; i < more->wraps_count && count < LN_WRAPS_MAX; i++) {
        if (!has_wrap(section, &more->wraps[i].role_key_id))
            wraps[count++] = more->wraps[i];
    }
    const size_t added = count - section->wraps_count;
    section->wraps = wraps;
    section->wraps_count = count;
    return added;
}

/** A kept event's case grows by wraps; LN_E_TOO_LARGE: it is full. */
static int grow_case(struct store_txn *txn, const struct apply_event *event, size_t size)
{
    struct ln_case_record row;
    const int error = store_case_get(txn, &event->event.case_id, &row);
    if (error != 0)
        return error;
    row.size += size;
    return row.size > CASE_SIZE_MAX ? LN_E_TOO_LARGE
                                    : store_case_put(txn, &event->event.case_id, &row);
}

/**
 * Wraps are under no signature: who hands an event on could leave some out. So a second copy
 * adds what the first one lacks, and takes nothing away.
 */
static int add_wraps(struct store_txn *txn, const struct apply_event *event)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(2 * ITEM_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    struct ln_event_item kept;
    size_t added = 0;
    int error = store_event_get(txn, &event->digest, &packed);
    if (error == 0)
        error = ln_event_item_open(ln_buffer_view(&packed), &arena, &kept);
    if (error != 0)
        return error;
    for (size_t i = 0; i < kept.sections_count && i < event->item.sections_count; i++)
        added += merge_wraps(&arena, (struct ln_section *)(uintptr_t)&kept.sections[i],
                             &event->item.sections[i]);
    if (added == 0)
        return 0;
    const size_t size_before = packed.size;
    ln_buffer_clear(&packed);
    error = ln_event_item_build(&kept, &packed);
    if (error == 0)
        error = grow_case(txn, event, packed.size - size_before);
    if (error == 0)
        error = store_event_replace(txn, &event->digest, ln_buffer_view(&packed));
    return error == LN_E_TOO_LARGE ? 0 : error; /* they stay as they are */
}

/**
 * Somebody handed on the header alone and said that the rest was erased: whoever has the rest
 * completes it, unless we erased it ourselves.
 */
static int complete_event(struct store_txn *txn, const struct apply_event *event)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    const struct ln_id *case_id = &event->event.case_id;
    struct ln_case_event_record record;
    struct ln_case_record row;
    int error = store_event_record(txn, case_id, &event->digest, &record);
    if (error == 0)
        error = store_case_get(txn, case_id, &row);
    if (error != 0)
        return error;
    if (record.refused != (uint32_t)-LN_E_ERASED || row.erased_ms != 0 ||
        event->item.sections_count == 0)
        return add_wraps(txn, event);
    record.refused = 0;
    error = ln_event_item_build(&event->item, &packed);
    if (error == 0)
        error = grow_case(txn, event, packed.size);
    return error == 0 ? store_event_complete(txn, case_id, &record, ln_buffer_view(&packed))
                      : error;
}

/** Its header alone takes a place; `code`: why, 0: it is taken as it is. */
static int keep_event(struct store_txn *txn, const struct local *local,
                      const struct apply_event *event, int code)
{
    if (store_event_has(txn, &event->digest))
        return complete_event(txn, event);
    if (!names_us(local, &event->event))
        return LN_E_NOT_A_PARTY;
    const struct ln_case_event_record record = {event->digest, ln_now_ms(&local->clock),
                                                (uint32_t)-code};
    struct ln_case_record row = {0};
    int error = store_case_get(txn, &event->event.case_id, &row);
    if (error == LN_E_NOT_FOUND)
        error = 0;
    else if (error == 0)
        error = row.events >= CASE_EVENTS_MAX ? LN_E_TOO_MANY
                                              : check_party(txn, &row, &event->event);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    if (error == 0)
        error = ln_event_item_build(&event->item, &packed);
    row.size += packed.size;
    if (error == 0 && row.size > CASE_SIZE_MAX)
        error = LN_E_TOO_LARGE;
    if (error == 0)
        error = store_event_add(txn, &event->event.case_id, &record, ln_buffer_view(&packed));
    return error == 0 ? update_case(txn, local, event, &row) : error;
}

int apply_event(struct store_txn *txn, const struct local *local,
                const struct apply_event *event)
{
    return keep_event(txn, local, event, 0);
}

int apply_refused(struct store_txn *txn, const struct local *local,
                  const struct apply_event *event, int code)
{
    struct apply_event header = *event;
    header.item.sections = NULL;
    header.item.sections_count = 0;
    return keep_event(txn, local, &header, code);
}

/* Agreements ------------------------------------------------------------------------------- */

/** The sender's clock may have been set back to when it was still in force. */
static bool ended_long_ago(const struct local *local, const struct policy_answer *answer,
                           const struct ln_event *event)
{
    const uint64_t end = event->action == LN_ACTION_REFER
                             ? answer->agreement->ends_ms
                             : policy_winds_down_ms(answer->agreement);
    return ln_now_ms(&local->clock) > end + ENDED_LONG_AGO_MS;
}

static const char restored_fact[] = "restored";

int apply_mark_restored(struct store_txn *txn, const struct local *local)
{
    uint8_t now[8];
    ln_put_u64(now, ln_now_ms(&local->clock));
    return store_fact_put(txn, restored_fact, ln_view(now, sizeof now));
}

static int is_restored(struct store_txn *txn, const struct local *local, bool *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(8);
    const int error = store_fact_get(txn, restored_fact, &value);
    *out = false;
    if (error != 0 || value.size != 8)
        return error == LN_E_NOT_FOUND ? 0 : error;
    const uint64_t restored_ms = ln_get_u64(value.data), now_ms = ln_now_ms(&local->clock);
    *out = now_ms >= restored_ms && now_ms - restored_ms < GIVEN_BACK_MS;
    return 0;
}

/** What counterparts give back after a restore was asked when it came first. */
static int ask_policy(struct store_txn *txn, const struct local *local,
                      const struct ln_event *event, const struct ln_event *refer)
{
    const struct policy_agreements *agreements = agreements_policies(local->agreements);
    bool is_given_back;
    int error = case_origin(event, refer);
    if (error == 0)
        error = is_restored(txn, local, &is_given_back);
    if (error != 0)
        return error;
    if (is_given_back)
        return case_policy_as_signed(agreements, event, refer).code;
    const struct policy_answer answer = case_policy(agreements, event, refer);
    if (answer.code == 0 && answer.agreement != NULL && ended_long_ago(local, &answer, event))
        return LN_E_AGREEMENT_DATE;
    return answer.code;
}

static bool has_compartment(const struct ln_event *event, uint32_t compartment)
{
    for (size_t i = 0; i < event->sections_count; i++) {
        if (event->sections[i].compartment == compartment)
            return true;
    }
    return false;
}

/** Where what was forwarded is held here too, it must be what the forwarder says it is. */
static int check_origin(struct store_txn *txn, const struct ln_origin *origin)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ITEM_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    struct apply_event held;
    if (origin == NULL || !store_event_has(txn, &origin->event))
        return 0;
    int error = store_event_get(txn, &origin->event, &packed);
    if (error == 0)
        error = apply_open(ln_buffer_view(&packed), &arena, &held);
    if (error == 0 && (!ln_id_equal(&held.event.case_id, &origin->case_id) ||
                       !ln_name_equal(&held.event.author.member, &origin->member)))
        error = LN_E_ORIGIN;
    for (size_t i = 0; i < origin->compartments_count && error == 0; i++)
        error = has_compartment(&held.event, origin->compartments[i]) ? 0 : LN_E_ORIGIN;
    return error;
}

int apply_policy(struct store_txn *txn, const struct local *local, const struct ln_event *event,
                 bool may_wait)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ITEM_ARENA);
    struct ln_case_record row = {0};
    struct apply_event refer;
    int error = 0;
    if (ln_name_equal(&event->author.member, &local->member))
        return 0; /* our own, given back */
    error = check_origin(txn, event->origin);
    if (error != 0)
        return error;
    if (event->action == LN_ACTION_REFER) {
        error = ask_policy(txn, local, event, event);
    } else {
        error = store_case_get(txn, &event->case_id, &row);
        if (error != 0 || ln_digest_is_zero(&row.refer)) /* the fold will ask */
            return error == LN_E_NOT_FOUND ? 0 : error;
        error = open_refer(txn, &row, &arena, &refer);
        if (error == 0)
            error = ask_policy(txn, local, event, &refer.event);
    }
    return error == LN_E_AGREEMENT_VERSION && may_wait ? LN_E_VERSION_GAP : error;
}

int apply_post(struct store_txn *txn, const struct ln_name *to, const struct apply_event *event)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    const int error = ln_event_item_build(&event->item, &packed);
    if (error != 0)
        return error;
    const struct ln_item_record item = {
        .kind = LN_ITEM_EVENT, .digest = event->digest, .size = (uint32_t)packed.size};
    return store_outbox_add(txn, to, event->event.urgency, &item);
}

int apply_post_kept(struct store_txn *txn, const struct ln_name *to, uint32_t urgency,
                    const struct ln_digest *digest)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    const int error = store_event_get(txn, digest, &packed);
    if (error != 0)
        return error;
    const struct ln_item_record item = {
        .kind = LN_ITEM_EVENT, .digest = *digest, .size = (uint32_t)packed.size};
    return store_outbox_add(txn, to, urgency, &item);
}

int apply_hand_on(struct store_txn *txn, const struct local *local,
                  const struct apply_event *event, const struct ln_name *except)
{
    struct ln_case_record row;
    struct parties parties = {.count = 0};
    int error = store_case_get(txn, &event->event.case_id, &row);
    if (error == 0)
        error = find_parties(txn, &row, &parties);
    for (size_t i = 0; i < parties.count && error == 0; i++) {
        const struct ln_name *member = &parties.members[i];
        if (!ln_name_equal(member, &local->member) && !ln_name_equal(member, except))
            error = apply_post(txn, member, event);
    }
    return error;
}
