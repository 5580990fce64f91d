/*
 * Who is who: rosters, manifests and epochs against everything that TUF's tests try: rollback,
 * fast-forward, forks, wrong thresholds, rotated keys, statements of somebody else; and
 * evidence bundles.
 */
#include "countries.h"

#include <liaison/evidence.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Anchoring -------------------------------------------------------------------------------- */

static void anchor_needs_a_members_fingerprint(void **state)
{
    (void)state;
    assert_int_equal(anchor_anew(&roster_1, "00000 00000 00000 00000 00000 00000 00000 00000"),
                     LN_E_FINGERPRINT);
}

static void first_version_is_signed_by_every_member(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    const struct ln_roster roster = first_roster();
    char fingerprint[LN_FINGERPRINT_SIZE];
    fingerprint_of(0, fingerprint);
    sign_roster(&roster, COUNTRIES - 1, 2, &statement);
    assert_int_equal(anchor_anew(&statement, fingerprint), LN_E_TOO_FEW_SIGNATURES);
}

static void anchored_member_must_have_signed_itself(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    struct ln_roster roster = first_roster();
    char fingerprint[LN_FINGERPRINT_SIZE];
    roster.version = 7; /* two of three are enough for a later version */
    roster.previous.b[0] = 1;
    sign_roster(&roster, 2, 2, &statement);
    fingerprint_of(0, fingerprint);
    assert_int_equal(anchor_anew(&statement, fingerprint), 0);
    fingerprint_of(2, fingerprint); /* known to all, but not among the signers */
    assert_int_equal(anchor_anew(&statement, fingerprint), LN_E_TOO_FEW_SIGNATURES);
}

static void any_changed_byte_of_a_roster_is_refused(void **state)
{
    (void)state;
    char fingerprint[LN_FINGERPRINT_SIZE];
    fingerprint_of(0, fingerprint);
    for (size_t i = 0; i < roster_1.size; i++) {
        roster_1.data[i] ^= 0x41;
        assert_int_not_equal(anchor_anew(&roster_1, fingerprint), 0);
        roster_1.data[i] ^= 0x41;
    }
    assert_int_equal(anchor_anew(&roster_1, fingerprint), 0);
}

/* The next roster -------------------------------------------------------------------------- */

static void next_roster_is_taken_with_the_threshold(void **state)
{
    (void)state;
    const struct ln_roster roster = next_roster();
    assert_int_equal(take_roster(&roster, 1, 2), LN_E_TOO_FEW_SIGNATURES);
    assert_int_equal(take_roster(&roster, 2, 1), LN_E_TOO_FEW_SIGNATURES);
    assert_int_equal(take_roster(&roster, 2, 2), LN_TRUST_NEW);
    assert_int_equal(ln_trust_roster(trust)->version, 2);
}

static void same_roster_again_is_known(void **state)
{
    (void)state;
    assert_int_equal(take(&roster_1), LN_TRUST_KNOWN);
}

static void one_root_that_signs_twice_counts_once(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    struct ln_signature signatures[2 * COUNTRIES];
    const struct ln_roster roster = next_roster();
    assert_int_equal(ln_roster_build(&roster, &body), 0);
    for (size_t i = 0; i < COUNTRIES; i++) {
        const struct ln_signer root =
            signer_of(LN_USE_ROOT, &countries[i].roots[0], countries[i].root_secrets[0]);
        assert_int_equal(ln_sign_shape(LN_TYPE_ROSTER, &federation, ln_buffer_view(&body),
                                       &root, &signatures[2 * i]),
                         0);
        signatures[2 * i + 1] = signatures[2 * i];
    }
    const struct ln_signed shape = {LN_TYPE_ROSTER, ln_buffer_view(&body), signatures,
                                    2 * COUNTRIES};
    assert_int_equal(ln_signed_build(&shape, &statement), 0);
    assert_int_equal(take(&statement), LN_E_TOO_FEW_SIGNATURES);
}

static void skipped_version_is_a_gap(void **state)
{
    (void)state;
    struct ln_roster roster = next_roster();
    roster.version = 3;
    assert_int_equal(take_roster(&roster, 3, 2), LN_E_VERSION_GAP);
}

static void older_unknown_version_is_a_rollback_or_fork(void **state)
{
    (void)state;
    struct ln_roster other = first_roster();
    other.code_lists = 2; /* version 1 again, with another content, signed by all */
    assert_int_equal(take_roster(&other, 3, 2), LN_E_FORK);
    assert_int_equal(take_roster(&other, 0, 0),
                     LN_E_TOO_FEW_SIGNATURES); /* nobody's: no fork */
}

static void wrong_previous_digest_is_a_fork(void **state)
{
    (void)state;
    struct ln_roster roster = next_roster();
    roster.previous.b[5] ^= 1;
    assert_int_equal(take_roster(&roster, 3, 2), LN_E_FORK);
}

static void roster_of_another_federation_is_refused(void **state)
{
    (void)state;
    struct ln_roster roster = next_roster();
    roster.federation.b[0] ^= 1;
    assert_int_equal(take_roster(&roster, 3, 2), LN_E_WRONG_FEDERATION);
}

static void roots_change_only_with_their_own_old_threshold(void **state)
{
    (void)state;
    struct ln_public_key stolen[1];
    uint8_t secret[CRYPTO_SIGN_SECRET_BYTES];
    struct ln_roster roster = next_roster();
    sign_keys_make(&stolen[0], secret);
    members[2].roots = stolen; /* Cambodia and Thailand give Myanmar another root */
    members[2].roots_count = 1;
    members[2].threshold = 1;
    assert_int_equal(take_roster(&roster, 2, 2), LN_E_TOO_FEW_SIGNATURES);
}

static void expired_roster_is_still_taken(void **state)
{
    (void)state;
    struct ln_roster roster = next_roster();
    roster.created_ms = 1;
    roster.expires_ms = 2; /* expiry is the asker's business: receiving never stops */
    assert_int_equal(take_roster(&roster, 2, 2), LN_TRUST_NEW);
}

static void removed_member_is_admitted_no_more(void **state)
{
    (void)state;
    struct ln_roster roster = next_roster();
    struct manifest_parts parts;
    assert_non_null(ln_trust_admits(trust, &countries[0].transport_key));
    roster.members = &members[1];
    roster.members_count = 2;
    make_manifest(&parts, &countries[0]);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    sign_roster(&roster, 3, 2, &statement);
    assert_int_equal(take(&statement), LN_TRUST_NEW);
    assert_null(ln_trust_admits(trust, &countries[0].transport_key));
    assert_int_equal(take_manifest(second_manifest(&parts), 1, 2), LN_E_NOT_A_MEMBER);
}

/* Manifests -------------------------------------------------------------------------------- */

static void manifest_is_signed_by_its_own_country(void **state)
{
    (void)state;
    struct manifest_parts parts;
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    make_manifest(&parts, &countries[1]);
    sign_manifest(&parts.manifest, 1, 3, &statement); /* Cambodia signs Thailand's */
    assert_int_equal(take(&statement), LN_E_TOO_FEW_SIGNATURES);
}

static void next_manifest_replaces_the_one_before(void **state)
{
    (void)state;
    struct manifest_parts parts;
    assert_int_equal(take_manifest(second_manifest(&parts), 1, 1), LN_E_TOO_FEW_SIGNATURES);
    assert_int_equal(take_manifest(second_manifest(&parts), 1, 2), LN_TRUST_NEW);
    const struct ln_digest first = digest_of(&manifest_1);
    assert_non_null(ln_trust_manifest_version(trust, &countries[0].name, 1, &first));
}

enum { MANY_OFFICES = 60 };

/** A manifest that takes much room and little work. */
static struct ln_manifest *large_manifest(struct manifest_parts *parts,
                                          struct ln_office offices[static MANY_OFFICES])
{
    static uint8_t title[180];
    memset(title, 't', sizeof title);
    make_manifest(parts, &countries[0]);
    for (size_t i = 0; i < MANY_OFFICES; i++) {
        offices[i] = parts->office;
        offices[i].title = ln_view(title, sizeof title);
        if (i > 0)
            snprintf(offices[i].id.text, sizeof offices[i].id.text, "office-%zu", i);
    }
    parts->manifest.offices = offices;
    parts->manifest.offices_count = MANY_OFFICES;
    return &parts->manifest;
}

static void many_versions_of_one_member_leave_room_for_another(void **state)
{
    (void)state;
    static struct ln_office offices[MANY_OFFICES];
    struct manifest_parts parts;
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    struct ln_manifest *manifest = large_manifest(&parts, offices);
    struct ln_digest previous = digest_of(&manifest_1);
    int result = LN_TRUST_NEW;
    while (result == LN_TRUST_NEW) {
        manifest->version++;
        manifest->previous = previous;
        sign_manifest(manifest, 1, 2, &statement);
        result = take(&statement);
        previous = digest_of(&statement);
    }
    assert_int_equal(result, LN_E_TOO_MANY);
    assert_true(manifest->version > 100);
    make_manifest(&parts, &countries[1]);
    assert_int_equal(take_manifest(&parts.manifest, 2, 2), LN_TRUST_NEW);
}

static void revoked_transport_key_admits_nobody(void **state)
{
    (void)state;
    struct manifest_parts parts;
    struct ln_manifest *manifest = second_manifest(&parts);
    struct ln_node_key keys[3] = {parts.node_keys[0], parts.node_keys[1], parts.node_keys[1]};
    uint8_t unused[CRYPTO_BOX_SECRET_BYTES];
    keys[1].status = LN_KEY_REVOKED;
    seal_keys_make(&keys[2].key, unused);
    manifest->node_keys = keys;
    manifest->node_keys_count = 3;
    assert_int_equal(take_manifest(manifest, 1, 2), LN_TRUST_NEW);
    assert_null(ln_trust_admits(trust, &countries[0].transport_key));
    assert_non_null(ln_trust_admits(trust, &keys[2].key));
}

static void another_members_transport_key_is_refused(void **state)
{
    (void)state;
    struct manifest_parts parts;
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    make_manifest(&parts, &countries[1]);
    parts.node_keys[1].key = countries[0].transport_key;
    sign_manifest(&parts.manifest, 2, 2, &statement);
    assert_int_equal(take(&statement), LN_E_INCONSISTENT);
}

typedef void spoil(struct manifest_parts *parts);

static void unknown_office(struct manifest_parts *parts)
{
    parts->officer.office = (struct ln_name){"elsewhere"};
}

static void no_transport_key(struct manifest_parts *parts)
{
    parts->manifest.node_keys_count = 1;
}

static void key_twice(struct manifest_parts *parts)
{
    parts->officer.box_key = parts->node_keys[1].key;
}

static void ends_before_it_begins(struct manifest_parts *parts)
{
    parts->officer.valid_until_ms = parts->officer.valid_from_ms;
}

static void weak_box_key(struct manifest_parts *parts)
{
    memset(&parts->officer.box_key, 0, sizeof parts->officer.box_key);
}

static void contradictory_manifests_are_refused(void **state)
{
    (void)state;
    static const struct {
        spoil *spoil;
        int error;
    } rows[] = {{unknown_office, LN_E_INCONSISTENT},
                {no_transport_key, LN_E_INCONSISTENT},
                {key_twice, LN_E_INCONSISTENT},
                {ends_before_it_begins, LN_E_INCONSISTENT},
                {weak_box_key, LN_E_WEAK_KEY}};
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct manifest_parts parts;
        second_manifest(&parts);
        rows[i].spoil(&parts);
        assert_int_equal(take_manifest(&parts.manifest, 1, 2), rows[i].error);
    }
}

/* Epochs ----------------------------------------------------------------------------------- */

static int take_epoch(uint64_t number, uint8_t mark, uint8_t *secret,
                      const struct ln_public_key *key)
{
    AUTO(ln_buffer_wipe)
    struct ln_buffer body = LN_BUFFER(1024), statement = LN_BUFFER(STATEMENT_MAX);
    uint8_t unused[CRYPTO_BOX_SECRET_BYTES];
    struct ln_epoch epoch = {.federation = federation,
                             .member = countries[0].name,
                             .number = number,
                             .starts_ms = NOW_MS + mark,
                             .ends_ms = NOW_MS + 7 * LN_DAY_MS,
                             .oldest_openable = 1};
    const struct ln_signer signer = signer_of(LN_USE_NODE, key, secret);
    seal_keys_make(&epoch.key, unused);
    assert_int_equal(ln_epoch_build(&epoch, &body), 0);
    assert_int_equal(
        ln_sign(LN_TYPE_EPOCH, &federation, ln_buffer_view(&body), &signer, &statement), 0);
    return take(&statement);
}

static void epochs_leap_forward_and_never_back(void **state)
{
    (void)state;
    struct country *country = &countries[0];
    assert_int_equal(take_epoch(3, 0, country->node_secret, &country->node_key), LN_TRUST_NEW);
    assert_int_equal(take_epoch(9, 0, country->node_secret, &country->node_key), LN_TRUST_NEW);
    assert_int_equal(take_epoch(4, 0, country->node_secret, &country->node_key), LN_E_ROLLBACK);
    assert_int_equal(take_epoch(9, 1, country->node_secret, &country->node_key), LN_E_FORK);
    assert_int_equal(ln_trust_epoch(trust, &country->name)->number, 9);
}

static void epoch_is_signed_by_its_own_node(void **state)
{
    (void)state;
    assert_int_equal(take_epoch(1, 0, countries[1].node_secret, &countries[1].node_key),
                     LN_E_UNKNOWN_KEY);
    assert_int_equal(take_epoch(1, 0, countries[0].officer_secret, &countries[0].officer_key),
                     LN_E_UNKNOWN_KEY);
}

/** KH's second manifest: its node key has this status now, and another one is ACTIVE. */
static void replace_node_key(uint32_t status, uint8_t *out_secret,
                             struct ln_public_key *out_key)
{
    struct manifest_parts parts;
    struct ln_node_key keys[3];
    second_manifest(&parts);
    sign_keys_make(out_key, out_secret);
    memcpy(keys, parts.node_keys, sizeof parts.node_keys);
    keys[2] = keys[0];
    keys[2].key = *out_key;
    keys[0].status = status;
    parts.manifest.node_keys = keys;
    parts.manifest.node_keys_count = 3;
    assert_int_equal(take_manifest(&parts.manifest, 1, 2), LN_TRUST_NEW);
}

static void epoch_of_a_revoked_node_key_is_dropped_and_bars_no_lower_number(void **state)
{
    (void)state;
    struct country *country = &countries[0];
    uint8_t secret[CRYPTO_SIGN_SECRET_BYTES];
    struct ln_public_key key;
    assert_int_equal(take_epoch(9, 0, country->node_secret, &country->node_key), LN_TRUST_NEW);
    replace_node_key(LN_KEY_REVOKED, secret, &key);
    assert_null(ln_trust_epoch(trust, &country->name));
    assert_int_equal(take_epoch(10, 0, country->node_secret, &country->node_key),
                     LN_E_KEY_REVOKED);
    assert_int_equal(take_epoch(1, 0, secret, &key), LN_TRUST_NEW);
    assert_int_equal(ln_trust_epoch(trust, &country->name)->number, 1);
}

static void epoch_of_a_retired_node_key_stays(void **state)
{
    (void)state;
    struct country *country = &countries[0];
    uint8_t secret[CRYPTO_SIGN_SECRET_BYTES];
    struct ln_public_key key;
    assert_int_equal(take_epoch(9, 0, country->node_secret, &country->node_key), LN_TRUST_NEW);
    replace_node_key(LN_KEY_RETIRED, secret, &key);
    assert_int_equal(ln_trust_epoch(trust, &country->name)->number, 9);
    assert_int_equal(take_epoch(8, 0, secret, &key), LN_E_ROLLBACK);
}

/* Officers --------------------------------------------------------------------------------- */

static int verify_event(struct ln_event *event, struct country *signer)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    const struct ln_signer officer =
        signer_of(LN_USE_OFFICER, &signer->officer_key, signer->officer_secret);
    struct ln_signature signature;
    const struct ln_officer *found;
    assert_int_equal(ln_event_build(event, &body), 0);
    assert_int_equal(
        ln_sign_shape(LN_TYPE_EVENT, &federation, ln_buffer_view(&body), &officer, &signature),
        0);
    const struct ln_signed shape = {LN_TYPE_EVENT, ln_buffer_view(&body), &signature, 1};
    return ln_trust_verify_officer(trust, &shape, event, &found);
}

static struct ln_event event_by_officer(void)
{
    return (struct ln_event){.federation = federation,
                             .case_id = {{1}},
                             .case_kind = 1,
                             .action = 1,
                             .author = {countries[0].name, {"office"}, {"officer"}},
                             .number = 1,
                             .created_ms = NOW_MS,
                             .urgency = 3,
                             .manifest_version = 1,
                             .manifest_digest = digest_of(&manifest_1)};
}

static void event_is_held_against_the_manifest_it_names(void **state)
{
    (void)state;
    struct ln_event event = event_by_officer();
    assert_int_equal(verify_event(&event, &countries[0]), 0);
    assert_int_equal(verify_event(&event, &countries[1]), LN_E_UNKNOWN_KEY);
    event.manifest_version = 2;
    assert_int_equal(verify_event(&event, &countries[0]), LN_E_VERSION_GAP);
    event = event_by_officer();
    event.author.officer = (struct ln_name){"somebody"};
    assert_int_equal(verify_event(&event, &countries[0]), LN_E_UNKNOWN_KEY);
    event = event_by_officer();
    event.author.office = (struct ln_name){"elsewhere"};
    assert_int_equal(verify_event(&event, &countries[0]), LN_E_NO_OFFICE);
}

static void revoked_officers_older_events_still_verify(void **state)
{
    (void)state;
    struct manifest_parts parts;
    struct ln_event event = event_by_officer();
    second_manifest(&parts);
    parts.officer.status = LN_KEY_REVOKED;
    assert_int_equal(take_manifest(&parts.manifest, 1, 2), LN_TRUST_NEW);
    assert_int_equal(verify_event(&event, &countries[0]), 0);
    assert_true(ln_trust_is_revoked(trust, &countries[0].name, &event.author.officer));
}

static void officer_once_revoked_stays_revoked_in_later_manifests(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer second = LN_BUFFER(STATEMENT_MAX);
    static const struct ln_name officer = {"officer"};
    struct manifest_parts parts;
    second_manifest(&parts);
    parts.officer.status = LN_KEY_REVOKED;
    sign_manifest(&parts.manifest, 1, 2, &second);
    assert_int_equal(take(&second), LN_TRUST_NEW);
    parts.officer.status = LN_KEY_ACTIVE;
    parts.manifest.version = 3;
    parts.manifest.previous = digest_of(&second);
    assert_int_equal(take_manifest(&parts.manifest, 1, 2), LN_TRUST_NEW);
    assert_true(ln_trust_is_revoked(trust, &countries[0].name, &officer));
    assert_false(ln_trust_is_revoked(trust, &countries[1].name, &officer));
}

/* Witnesses -------------------------------------------------------------------------------- */

static void another_digest_under_one_version_is_a_fork(void **state)
{
    (void)state;
    struct ln_digest digest = digest_of(&roster_1);
    assert_int_equal(ln_trust_compare(trust, NULL, 1, &digest), LN_TRUST_SAME);
    digest.b[0] ^= 1;
    assert_int_equal(ln_trust_compare(trust, NULL, 1, &digest), LN_E_FORK);
    assert_int_equal(ln_trust_compare(trust, NULL, 2, &digest), LN_TRUST_BEHIND);
    assert_int_equal(ln_trust_compare(trust, &countries[0].name, 1, &digest), LN_E_FORK);
}

/* Everything that was taken is taken again in the order of the walk. */
static int take_again(uint32_t type, const struct ln_name *member, uint64_t version,
                      struct ln_bytes statement, void *context)
{
    (void)type;
    (void)member;
    (void)version;
    struct ln_trust *other = context;
    char fingerprint[LN_FINGERPRINT_SIZE];
    fingerprint_of(0, fingerprint);
    if (ln_trust_roster(other) == NULL)
        return ln_trust_anchor(other, statement, fingerprint);
    return ln_trust_take(other, statement);
}

static void walk_is_an_order_that_is_taken_again(void **state)
{
    (void)state;
    struct manifest_parts parts;
    struct ln_trust *other = ln_trust_new();
    const struct ln_roster roster = next_roster();
    assert_int_equal(take_manifest(second_manifest(&parts), 1, 2), LN_TRUST_NEW);
    assert_int_equal(take_roster(&roster, 2, 2), LN_TRUST_NEW);
    assert_int_equal(take_epoch(3, 0, countries[0].node_secret, &countries[0].node_key),
                     LN_TRUST_NEW);
    assert_int_equal(ln_trust_walk(trust, take_again, other), 0);
    assert_int_equal(ln_trust_roster(other)->version, 2);
    assert_int_equal(ln_trust_manifest(other, &countries[0].name)->version, 2);
    assert_int_equal(ln_trust_epoch(other, &countries[0].name)->number, 3);
    ln_trust_destroy(&other);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, countries_start, countries_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(anchor_needs_a_members_fingerprint),
        RULE(first_version_is_signed_by_every_member),
        RULE(anchored_member_must_have_signed_itself),
        RULE(any_changed_byte_of_a_roster_is_refused),
        RULE(next_roster_is_taken_with_the_threshold),
        RULE(same_roster_again_is_known),
        RULE(one_root_that_signs_twice_counts_once),
        RULE(skipped_version_is_a_gap),
        RULE(older_unknown_version_is_a_rollback_or_fork),
        RULE(wrong_previous_digest_is_a_fork),
        RULE(roster_of_another_federation_is_refused),
        RULE(roots_change_only_with_their_own_old_threshold),
        RULE(expired_roster_is_still_taken),
        RULE(removed_member_is_admitted_no_more),
        RULE(manifest_is_signed_by_its_own_country),
        RULE(next_manifest_replaces_the_one_before),
        RULE(many_versions_of_one_member_leave_room_for_another),
        RULE(revoked_transport_key_admits_nobody),
        RULE(another_members_transport_key_is_refused),
        RULE(contradictory_manifests_are_refused),
        RULE(epochs_leap_forward_and_never_back),
        RULE(epoch_is_signed_by_its_own_node),
        RULE(epoch_of_a_revoked_node_key_is_dropped_and_bars_no_lower_number),
        RULE(epoch_of_a_retired_node_key_stays),
        RULE(event_is_held_against_the_manifest_it_names),
        RULE(revoked_officers_older_events_still_verify),
        RULE(officer_once_revoked_stays_revoked_in_later_manifests),
        RULE(another_digest_under_one_version_is_a_fork),
        RULE(walk_is_an_order_that_is_taken_again),
    };
    if (crypto_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
