/*
 * One table of metrics: what each is called, and who writes its values from the node's status.
 */
#include "metrics.h"

#include "exposition.h"

struct row {
    struct exposition_metric metric;
    void (*write)(struct exposition *out, const struct row *row,
                  const struct ln_door_status *status);
    size_t offset; /* of a number in struct ln_door_peer, for write_peers */
};

static int64_t seconds_until(const struct ln_door_status *status, uint64_t time_ms)
{
    return ((int64_t)time_ms - (int64_t)status->time_ms) / (int64_t)LN_SECOND_MS;
}

/* What ends -------------------------------------------------------------------------------- */

/** Names of kinds in the label; those of officers and offices stay inside. */
static const char *const kinds[] = {
    [LN_DOOR_EXPIRY_ROSTER] = "roster",
    [LN_DOOR_EXPIRY_MANIFEST] = "manifest",
    [LN_DOOR_EXPIRY_SIGNING_KEY] = "signing_key",
    [LN_DOOR_EXPIRY_TRANSPORT_KEY] = "transport_key",
    [LN_DOOR_EXPIRY_OFFICER] = "officer",
    [LN_DOOR_EXPIRY_ROLE_KEY] = "role_key",
    [LN_DOOR_EXPIRY_AGREEMENT] = "agreement",
};

static bool is_own(const struct ln_door_status *status, const struct ln_door_expiry *expiry)
{
    return expiry->member.text[0] == '\0' || ln_name_equal(&expiry->member, &status->member);
}

/** Of each kind the one that ends first: the list begins with what ends soonest. */
static void write_expiries(struct exposition *out, const struct row *row,
                           const struct ln_door_status *status)
{
    bool is_written[LN_COUNT(kinds)] = {false};
    for (size_t i = 0; i < status->expiries_count; i++) {
        const struct ln_door_expiry *expiry = &status->expiries[i];
        if (!is_own(status, expiry) || is_written[expiry->kind])
            continue;
        is_written[expiry->kind] = true;
        exposition_value(out, &row->metric, "kind", kinds[expiry->kind],
                         seconds_until(status, expiry->expires_ms));
    }
    if (status->epoch_ends_ms > 0)
        exposition_value(out, &row->metric, "kind", "epoch",
                         seconds_until(status, status->epoch_ends_ms));
}

/** Nobody expects anything of a country that left. */
static bool is_member(const struct ln_door_peer *peer)
{
    return peer->standing != (uint32_t)-LN_E_NOT_A_MEMBER;
}

static void write_manifests(struct exposition *out, const struct row *row,
                            const struct ln_door_status *status)
{
    for (size_t i = 0; i < status->peers_count; i++) {
        if (status->peers[i].manifest_version > 0 && is_member(&status->peers[i]))
            exposition_value(out, &row->metric, "member", status->peers[i].member.text,
                             seconds_until(status, status->peers[i].manifest_expires_ms));
    }
}

/* Counterparts ----------------------------------------------------------------------------- */

static void write_peers(struct exposition *out, const struct row *row,
                        const struct ln_door_status *status)
{
    for (size_t i = 0; i < status->peers_count; i++) {
        const uint8_t *at = (const uint8_t *)&status->peers[i] + row->offset;
        exposition_value(out, &row->metric, "member", status->peers[i].member.text,
                         *(const uint32_t *)(const void *)at);
    }
}

static void write_heard(struct exposition *out, const struct row *row,
                        const struct ln_door_status *status)
{
    for (size_t i = 0; i < status->peers_count; i++) {
        if (status->peers[i].heard_ms > 0 && is_member(&status->peers[i]))
            exposition_value(out, &row->metric, "member", status->peers[i].member.text,
                             -seconds_until(status, status->peers[i].heard_ms));
    }
}

/* The node --------------------------------------------------------------------------------- */

static void write_hubs(struct exposition *out, const struct row *row,
                       const struct ln_door_status *status)
{
    for (size_t i = 0; i < status->hubs_count; i++)
        exposition_value(out, &row->metric, "hub", status->hubs[i].hub.text,
                         status->hubs[i].state);
}

static void write_refused(struct exposition *out, const struct row *row,
                          const struct ln_door_status *status)
{
    for (size_t i = 0; i < status->refusals_count; i++)
        exposition_value(out, &row->metric, "code",
                         ln_code_of((int)status->refusals[i].code)->name,
                         (int64_t)status->refusals[i].count);
}

static void write_proofs(struct exposition *out, const struct row *row,
                         const struct ln_door_status *status)
{
    exposition_value(out, &row->metric, NULL, NULL, status->proofs);
}

#define PEER(name, member, help)                                                  \
    {                                                                             \
        {name, "gauge", help}, write_peers, offsetof(struct ln_door_peer, member) \
    }

static const struct row rows[] = {
    {{"expires_seconds", "gauge",
      "until the first of our own of a kind ends; below 0: it has ended"},
     write_expiries,
     0},
    {{"manifest_expires_seconds", "gauge", "until a counterpart's manifest ends"},
     write_manifests,
     0},
    PEER("letters_open", open_letters, "letters sent whose receipt is still to come"),
    PEER("items_waiting", waiting, "items that wait to go into a letter"),
    PEER("letters_missing", missing, "earlier letters of a counterpart that have not come"),
    PEER("channel_frozen", frozen, "number of the code that froze the channel; 0: it is open"),
    PEER("not_trusted", standing,
         "number of the code why nothing is exchanged with a country; 0: it is"),
    {{"heard_seconds", "gauge", "since a counterpart was heard"}, write_heard, 0},
    {{"hub_state", "gauge", "1 connecting, 2 greeting, 3 ready"}, write_hubs, 0},
    {{"refused", "counter", "mails and statements refused since the start, by code"},
     write_refused,
     0},
    {{"proofs", "gauge", "proofs of two truths that are kept"}, write_proofs, 0},
};

int metrics_write(const char *path, const struct ln_door_status *status)
{
    AUTO(exposition_wipe) struct exposition exposition;
    exposition_init(&exposition, "liaison_node_");
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        exposition_announce(&exposition, &rows[i].metric);
        rows[i].write(&exposition, &rows[i], status);
    }
    return exposition_write(&exposition, path);
}
