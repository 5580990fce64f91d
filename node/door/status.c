/*
 * Each part is asked of whoever knows it.
 */
#include "status.h"

#include "channel.h"
#include "duty.h"
#include "expiry.h"
#include "note.h"

enum { CODES_MAX = 200, OFFICES_MAX = 1024 };

struct stating {
    const struct local *local;
    struct link *link;
    struct ln_arena *arena;
    struct store_txn *txn;
    struct ln_door_status *status;
    struct ln_door_hub *hubs;
    struct ln_door_peer *peers;
    int error;
};

static void add_hub(const struct hubline *line, void *context)
{
    struct stating *stating = context;
    stating->hubs[stating->status->hubs_count++] = (struct ln_door_hub){
        .hub = *hubline_hub(line),
        .state = (uint32_t)hubline_state(line) + 1,
        .since_ms = hubline_since_ms(line),
    };
}

static int count_waiting(const struct store_slot *slot, const struct ln_item_record *item,
                         void *context)
{
    (void)slot;
    (void)item;
    ++*(uint32_t *)context;
    return 0;
}

static int add_channel(struct stating *stating, struct ln_door_peer *peer)
{
    struct ln_channel_record channel;
    struct ln_range gaps[LN_RANGES_MAX];
    size_t gaps_count = 0;
    int error = store_channel_get(stating->txn, &peer->member, &channel);
    if (error == 0)
        error = channel_gaps(stating->txn, &peer->member, gaps, &gaps_count);
    if (error == 0)
        error = store_outbox(stating->txn, &peer->member, count_waiting, &peer->waiting);
    if (error != 0)
        return error;
    peer->frozen = (uint32_t)-note_why_frozen(&channel);
    peer->is_restoring = note_is_restoring(&channel);
    peer->heard_ms = channel.heard_ms;
    for (size_t i = 0; i < gaps_count; i++)
        peer->missing += (uint32_t)(gaps[i].last - gaps[i].first + 1);
    return 0;
}

/** What the peer held when it wrote last may have come since. */
static void add_lacking(const struct ln_trust *trust, const struct witness_view *view,
                        struct ln_door_peer *out)
{
    const bool is_roster = view->member.text[0] == '\0';
    const struct ln_manifest *manifest =
        is_roster ? NULL : ln_trust_manifest(trust, &view->member);
    const uint64_t held = is_roster          ? ln_trust_roster(trust)->version
                          : manifest != NULL ? manifest->version
                                             : 0;
    if (view->version <= held)
        return;
    out->lacking_version = view->version;
    out->lacking_member = view->member;
}

static void add_peer(const struct link_peer *peer, void *context)
{
    struct stating *stating = context;
    const struct ln_manifest *manifest =
        ln_trust_manifest(stating->local->trust, &peer->member);
    struct ln_door_peer *out = &stating->peers[stating->status->peers_count++];
    *out = (struct ln_door_peer){.member = peer->member,
                                 .open_letters = (uint32_t)peer->open_letters,
                                 .can_seal = peer->can_seal,
                                 .standing = (uint32_t)-peer->standing};
    if (manifest != NULL) {
        out->manifest_version = manifest->version;
        out->manifest_expires_ms = manifest->expires_ms;
    }
    add_lacking(stating->local->trust, &peer->lacking, out);
    if (stating->error == 0)
        stating->error = add_channel(stating, out);
}

static int add_refusals(struct stating *stating)
{
    struct ln_door_refusal *refusals =
        ln_arena_array(stating->arena, CODES_MAX, sizeof *refusals);
    if (refusals == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (uint32_t code = 1; code < CODES_MAX; code++) {
        const uint64_t count = link_refused_count(stating->link, code);
        if (count > 0)
            refusals[stating->status->refusals_count++] = (struct ln_door_refusal){code, count};
    }
    stating->status->refusals = refusals;
    return 0;
}

static int add_offices(struct stating *stating)
{
    const struct ln_trust *trust = stating->local->trust;
    const struct ln_roster *roster = ln_trust_roster(trust);
    struct ln_door_office *offices =
        ln_arena_array(stating->arena, OFFICES_MAX, sizeof *offices);
    if (offices == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < roster->members_count; i++) {
        const struct ln_manifest *manifest = ln_trust_manifest(trust, &roster->members[i].id);
        for (size_t k = 0; manifest != NULL && k < manifest->offices_count; k++) {
            if (stating->status->offices_count < OFFICES_MAX)
                offices[stating->status->offices_count++] = (struct ln_door_office){
                    manifest->member, manifest->offices[k].id, manifest->offices[k].title};
        }
    }
    stating->status->offices = offices;
    return 0;
}

static void add_trust(struct stating *stating)
{
    const struct local *local = stating->local;
    const struct ln_roster *roster = ln_trust_roster(local->trust);
    const struct ln_epoch *epoch = ln_trust_epoch(local->trust, &local->member);
    stating->status->member = local->member;
    stating->status->roster_version = roster->version;
    stating->status->roster_expires_ms = roster->expires_ms;
    stating->status->time_ms = ln_now_ms(&local->clock);
    if (epoch != NULL) {
        stating->status->epoch = epoch->number;
        stating->status->epoch_ends_ms = epoch->ends_ms;
    }
}

static int prepare(struct stating *stating)
{
    stating->status = ln_arena_take(stating->arena, sizeof *stating->status);
    stating->hubs = ln_arena_array(stating->arena, LN_HUBS_MAX, sizeof *stating->hubs);
    stating->peers = ln_arena_array(stating->arena, LN_MEMBERS_MAX, sizeof *stating->peers);
    if (stating->status == NULL || stating->hubs == NULL || stating->peers == NULL)
        return LN_E_OUT_OF_MEMORY;
    stating->status->hubs = stating->hubs;
    stating->status->peers = stating->peers;
    return 0;
}

static int count_if_locked(const struct ln_id *case_id, const struct ln_case_record *record,
                           void *context)
{
    const struct stating *stating = context;
    (void)case_id;
    stating->status->locked += record->kept_until_ms != 0 &&
                               ln_now_ms(&stating->local->clock) >= record->kept_until_ms;
    return 0;
}

int status_collect(const struct local *local, struct link *link, struct ln_arena *arena,
                   struct ln_door_status **out)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct stating stating = {.local = local, .link = link, .arena = arena};
    uint64_t proofs = 0;
    int error = prepare(&stating);
    if (error == 0)
        error = store_read(local->store, &txn);
    if (error == 0)
        error = store_proofs_count(txn, &proofs);
    if (error != 0)
        return error;
    stating.txn = txn;
    stating.status->proofs = (uint32_t)proofs;
    add_trust(&stating);
    link_lines(link, add_hub, &stating);
    link_peers(link, add_peer, &stating);
    error = stating.error;
    if (error == 0)
        error = add_refusals(&stating);
    if (error == 0)
        error = add_offices(&stating);
    if (error == 0)
        error = expiry_list(local, arena, &stating.status->expiries,
                            &stating.status->expiries_count);
    if (error == 0)
        error = duty_count(txn, local, &stating.status->duties);
    if (error == 0)
        error = store_cases(txn, NULL, count_if_locked, &stating);
    if (error == 0)
        *out = stating.status;
    return error;
}
