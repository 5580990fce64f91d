/*
 * An event is verified once, where it enters, by the manifest that it names; the fold then
 * decides what effect it has. Whether it has one is not asked here: an event without effect is
 * kept and shown as such.
 */
#include "apply.h"

#include "case.h"

#include <string.h>

enum { ITEM_ARENA = 512 * 1024 };

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
    return error == 0 ? ln_event_item_check(&out->event, item) : error;
}

/* The case's row --------------------------------------------------------------------------- */

/** Who takes part in a case, as the REFER says that began it. */
struct parties {
    struct store_txn *txn;
    struct ln_name members[LN_PARTIES_MAX];
    size_t count; /* 0: it is not here */
};

static int look_for_parties(const struct ln_case_event_record *record, void *context)
{
    struct parties *parties = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ITEM_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    struct apply_event kept;
    int error = store_event_get(parties->txn, &record->digest, &packed);
    if (error == 0)
        error = apply_open(ln_buffer_view(&packed), &arena, &kept);
    if (error != 0)
        return error;
    if (!case_begins(&kept.event))
        return 0;
    for (size_t i = 0; i < kept.event.parties_count; i++)
        parties->members[parties->count++] = kept.event.parties[i].member;
    return STORE_STOP;
}

static int find_parties(struct store_txn *txn, const struct ln_id *case_id, struct parties *out)
{
    *out = (struct parties){.txn = txn};
    return store_case_events(txn, case_id, look_for_parties, out);
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
static int check_party(struct store_txn *txn, const struct ln_event *event)
{
    struct parties parties;
    const int error = find_parties(txn, &event->case_id, &parties);
    if (error != 0 || parties.count == 0)
        return error;
    for (size_t i = 0; i < parties.count; i++) {
        if (ln_name_equal(&parties.members[i], &event->author.member))
            return 0;
    }
    return LN_E_NOT_A_PARTY;
}

static int update_case(struct store_txn *txn, const struct local *local,
                       const struct ln_event *event, struct ln_case_record *row)
{
    const bool is_ours = ln_name_equal(&event->author.member, &local->member);
    row->updated_ms = ln_now_ms(&local->clock);
    row->events++;
    row->last_action = event->action;
    row->last_member = event->author.member;
    row->unread = is_ours ? 0 : row->unread + 1;
    if (event->action == LN_ACTION_REFER && row->first_member.text[0] == '\0') {
        row->first_member = event->author.member;
        row->urgency = event->urgency;
        row->request = event->request;
    }
    return store_case_put(txn, &event->case_id, row);
}

int apply_event(struct store_txn *txn, const struct local *local,
                const struct apply_event *event)
{
    if (store_event_has(txn, &event->digest))
        return 0;
    if (!names_us(local, &event->event))
        return LN_E_NOT_A_PARTY;
    struct ln_case_record row = {0};
    int error = store_case_get(txn, &event->event.case_id, &row);
    if (error == LN_E_NOT_FOUND)
        error = 0;
    else if (error == 0)
        error = row.events >= CASE_EVENTS_MAX ? LN_E_TOO_MANY : check_party(txn, &event->event);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    if (error == 0)
        error = ln_event_item_build(&event->item, &packed);
    if (error == 0)
        error = store_event_add(txn, &event->event.case_id, &event->digest,
                                ln_now_ms(&local->clock), ln_buffer_view(&packed));
    return error == 0 ? update_case(txn, local, &event->event, &row) : error;
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

int apply_hand_on(struct store_txn *txn, const struct local *local,
                  const struct apply_event *event, const struct ln_name *except)
{
    struct parties parties;
    int error = find_parties(txn, &event->event.case_id, &parties);
    for (size_t i = 0; i < parties.count && error == 0; i++) {
        const struct ln_name *member = &parties.members[i];
        if (!ln_name_equal(member, &local->member) && !ln_name_equal(member, except))
            error = apply_post(txn, member, event);
    }
    return error;
}
