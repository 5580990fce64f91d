/*
 * Collected from what is held, then sorted: whoever reads begins with what ends first.
 */
#include "expiry.h"

#include "agreements.h"

#include <stdlib.h>

struct listing {
    struct ln_door_expiry *entries;
    size_t count;
};

static void add(struct listing *listing, const struct ln_door_expiry *entry)
{
    if (listing->count < EXPIRY_MAX)
        listing->entries[listing->count++] = *entry;
}

static void add_node_keys(struct listing *listing, const struct ln_manifest *manifest)
{
    for (size_t i = 0; i < manifest->node_keys_count; i++) {
        const struct ln_node_key *key = &manifest->node_keys[i];
        if (key->status == LN_KEY_ACTIVE)
            add(listing, &(struct ln_door_expiry){.kind = key->use == LN_NODE_SIGNING
                                                              ? LN_DOOR_EXPIRY_SIGNING_KEY
                                                              : LN_DOOR_EXPIRY_TRANSPORT_KEY,
                                                  .member = manifest->member,
                                                  .expires_ms = key->valid_until_ms});
    }
}

static void add_officers(struct listing *listing, const struct ln_manifest *manifest)
{
    for (size_t i = 0; i < manifest->officers_count; i++) {
        const struct ln_officer *officer = &manifest->officers[i];
        if (officer->status == LN_KEY_ACTIVE)
            add(listing, &(struct ln_door_expiry){.kind = LN_DOOR_EXPIRY_OFFICER,
                                                  .member = manifest->member,
                                                  .name = officer->id,
                                                  .expires_ms = officer->valid_until_ms});
    }
}

static void add_role_keys(struct listing *listing, const struct ln_manifest *manifest)
{
    for (size_t i = 0; i < manifest->role_keys_count; i++) {
        const struct ln_role_key *key = &manifest->role_keys[i];
        if (key->status == LN_KEY_ACTIVE)
            add(listing, &(struct ln_door_expiry){.kind = LN_DOOR_EXPIRY_ROLE_KEY,
                                                  .member = manifest->member,
                                                  .name = key->office,
                                                  .compartment = key->compartment,
                                                  .expires_ms = key->valid_until_ms});
    }
}

static void add_manifests(struct listing *listing, const struct local *local,
                          const struct ln_roster *roster)
{
    for (size_t i = 0; i < roster->members_count; i++) {
        const struct ln_manifest *manifest =
            ln_trust_manifest(local->trust, &roster->members[i].id);
        if (manifest == NULL)
            continue;
        add(listing, &(struct ln_door_expiry){.kind = LN_DOOR_EXPIRY_MANIFEST,
                                              .member = manifest->member,
                                              .expires_ms = manifest->expires_ms});
        if (!ln_name_equal(&manifest->member, &local->member))
            continue;
        add_node_keys(listing, manifest);
        add_officers(listing, manifest);
        add_role_keys(listing, manifest);
    }
}

static bool is_followed(const struct policy_agreements *all,
                        const struct policy_agreement *agreement, uint64_t at_ms)
{
    for (size_t i = 0; i < all->count; i++) {
        if (ln_name_equal(&all->list[i].agreement->id, &agreement->agreement->id) &&
            policy_is_in_force(all, &all->list[i], at_ms))
            return true;
    }
    return false;
}

/** It has ended, is being wound down, and no other version took its place. */
static bool has_ended(const struct policy_agreements *all,
                      const struct policy_agreement *agreement, uint64_t at_ms)
{
    return at_ms >= agreement->ends_ms && at_ms < policy_winds_down_ms(agreement) &&
           policy_is_in_force(all, agreement, agreement->ends_ms - 1) &&
           !is_followed(all, agreement, at_ms);
}

/** When one ends, nothing new passes by it. */
static void add_agreements(struct listing *listing, const struct local *local)
{
    const struct policy_agreements *all = agreements_policies(local->agreements);
    const uint64_t now_ms = ln_now_ms(&local->clock);
    for (size_t i = 0; i < all->count; i++) {
        if (policy_is_in_force(all, &all->list[i], now_ms) ||
            has_ended(all, &all->list[i], now_ms))
            add(listing, &(struct ln_door_expiry){.kind = LN_DOOR_EXPIRY_AGREEMENT,
                                                  .name = all->list[i].agreement->id,
                                                  .expires_ms = all->list[i].ends_ms});
    }
}

static int compare(const void *a, const void *b)
{
    const struct ln_door_expiry *one = a, *two = b;
    if (one->expires_ms != two->expires_ms)
        return one->expires_ms < two->expires_ms ? -1 : 1;
    return (one->kind > two->kind) - (one->kind < two->kind);
}

int expiry_list(const struct local *local, struct ln_arena *arena,
                const struct ln_door_expiry **out, size_t *out_count)
{
    const struct ln_roster *roster = ln_trust_roster(local->trust);
    struct listing listing = {ln_arena_array(arena, EXPIRY_MAX, sizeof *listing.entries), 0};
    if (listing.entries == NULL)
        return LN_E_OUT_OF_MEMORY;
    add(&listing, &(struct ln_door_expiry){.kind = LN_DOOR_EXPIRY_ROSTER,
                                           .expires_ms = roster->expires_ms});
    add_manifests(&listing, local, roster);
    add_agreements(&listing, local);
    qsort(listing.entries, listing.count, sizeof *listing.entries, compare);
    *out = listing.entries;
    *out_count = listing.count;
    return 0;
}
