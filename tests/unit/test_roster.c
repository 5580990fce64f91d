/*
 * Rosters as The Update Framework's tests try its metadata: rollback, freeze, fast-forward,
 * mix-and-match, wrong thresholds, expired, rotated keys, forks, and what a newer version or a
 * clock set back may say (docs/testing.md, Rosters). And whose roots were accepted.
 */
#include "countries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { HANDS_MAX = 16, VERSION_HIGHEST_BITS = 53 };

/* Signing by chosen hands ------------------------------------------------------------------ */

struct hand {
    const struct ln_public_key *key;
    uint8_t *secret;
};

struct hands {
    struct hand list[HANDS_MAX];
    size_t count;
};

static void add_hand(struct hands *hands, const struct ln_public_key *key, uint8_t *secret)
{
    hands->list[hands->count++] = (struct hand){key, secret};
}

/** Two of a country's roots: its threshold. */
static void add_country(struct hands *hands, size_t country)
{
    for (size_t i = 0; i < 2; i++)
        add_hand(hands, &countries[country].roots[i], countries[country].root_secrets[i]);
}

static void sign_by(enum ln_type type, struct ln_bytes body, const struct hands *hands,
                    struct ln_buffer *out)
{
    struct ln_signature signatures[HANDS_MAX];
    for (size_t i = 0; i < hands->count; i++) {
        const struct ln_signer root =
            signer_of(LN_USE_ROOT, hands->list[i].key, hands->list[i].secret);
        assert_int_equal(ln_sign_shape(type, &federation, body, &root, &signatures[i]), 0);
    }
    const struct ln_signed shape = {type, body, signatures, hands->count};
    ln_buffer_clear(out);
    assert_int_equal(ln_signed_build(&shape, out), 0);
}

static int take_by(struct ln_trust *taker, const struct ln_roster *roster,
                   const struct hands *hands, struct ln_digest *out_digest)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    assert_int_equal(ln_roster_build(roster, &body), 0);
    sign_by(LN_TYPE_ROSTER, ln_buffer_view(&body), hands, &statement);
    if (out_digest != NULL)
        *out_digest = digest_of(&statement);
    return ln_trust_take(taker, ln_buffer_view(&statement));
}

/* Rollback --------------------------------------------------------------------------------- */

static void roster_below_the_one_that_was_anchored_is_a_rollback(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    struct ln_trust *late = ln_trust_new();
    struct ln_roster roster = next_roster();
    char fingerprint[LN_FINGERPRINT_SIZE];
    fingerprint_of(0, fingerprint);
    roster.version = 7;
    sign_roster(&roster, 3, 2, &statement);
    assert_int_equal(ln_trust_anchor(late, ln_buffer_view(&statement), fingerprint), 0);
    roster.version = 6;
    sign_roster(&roster, 3, 2, &statement);
    assert_int_equal(ln_trust_take(late, ln_buffer_view(&statement)), LN_E_ROLLBACK);
    assert_int_equal(ln_trust_take(late, ln_buffer_view(&roster_1)), LN_E_ROLLBACK);
    assert_int_equal(ln_trust_roster(late)->version, 7);
    ln_trust_destroy(&late);
}

static void roster_that_was_replaced_changes_nothing_when_it_comes_again(void **state)
{
    (void)state;
    const struct ln_roster roster = next_roster();
    assert_int_equal(take_roster(&roster, 2, 2), LN_TRUST_NEW);
    assert_int_equal(take(&roster_1), LN_TRUST_KNOWN);
    assert_int_equal(ln_trust_roster(trust)->version, 2);
}

static void manifest_below_the_first_one_taken_is_a_rollback(void **state)
{
    (void)state;
    struct manifest_parts parts;
    struct hands hands = {.count = 0};
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    static const struct {
        uint64_t version;
        int result;
    } steps[] = {{5, LN_TRUST_NEW}, {4, LN_E_ROLLBACK}, {1, LN_E_ROLLBACK}};
    make_manifest(&parts, &countries[1]);
    add_country(&hands, 1);
    for (size_t i = 0; i < LN_COUNT(steps); i++) {
        parts.manifest.version = steps[i].version;
        parts.manifest.previous.b[0] = steps[i].version > 1;
        ln_buffer_clear(&body);
        assert_int_equal(ln_manifest_build(&parts.manifest, &body), 0);
        sign_by(LN_TYPE_MANIFEST, ln_buffer_view(&body), &hands, &statement);
        assert_int_equal(take(&statement), steps[i].result);
    }
}

/* Fast-forward ----------------------------------------------------------------------------- */

static void roster_of_the_highest_version_does_not_bar_the_next_one(void **state)
{
    (void)state;
    struct ln_roster roster = next_roster();
    roster.version = UINT64_C(1) << VERSION_HIGHEST_BITS;
    assert_int_equal(take_roster(&roster, 3, 2), LN_E_VERSION_GAP);
    roster.version = 2;
    assert_int_equal(take_roster(&roster, 3, 2), LN_TRUST_NEW);
}

static void manifest_of_the_highest_version_does_not_bar_the_next_one(void **state)
{
    (void)state;
    struct manifest_parts parts;
    struct ln_manifest *manifest = second_manifest(&parts);
    manifest->version = UINT64_C(1) << VERSION_HIGHEST_BITS;
    assert_int_equal(take_manifest(manifest, 1, 2), LN_E_VERSION_GAP);
    manifest->version = 2;
    assert_int_equal(take_manifest(manifest, 1, 2), LN_TRUST_NEW);
}

/* Mix and match ---------------------------------------------------------------------------- */

static void signatures_of_one_roster_do_not_hold_under_another(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(4 * 1024 * 1024);
    AUTO(ln_buffer_wipe) struct ln_buffer one = LN_BUFFER(STATEMENT_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer other = LN_BUFFER(STATEMENT_MAX);
    struct ln_roster roster = next_roster();
    struct ln_signed shape_of_one, shape_of_other;
    sign_roster(&roster, 3, 2, &one);
    roster.expires_ms++;
    sign_roster(&roster, 3, 2, &other);
    assert_int_equal(ln_signed_open(ln_buffer_view(&one), &arena, &shape_of_one), 0);
    assert_int_equal(ln_signed_open(ln_buffer_view(&other), &arena, &shape_of_other), 0);
    shape_of_one.signatures = shape_of_other.signatures;
    AUTO(ln_buffer_wipe) struct ln_buffer mixed = LN_BUFFER(STATEMENT_MAX);
    assert_int_equal(ln_signed_build(&shape_of_one, &mixed), 0);
    assert_int_equal(take(&mixed), LN_E_SIGNATURE);
}

static void signature_for_one_kind_of_statement_signs_no_other(void **state)
{
    (void)state;
    struct manifest_parts parts;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(4 * 1024 * 1024);
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    struct ln_signed shape;
    assert_int_equal(ln_manifest_build(second_manifest(&parts), &body), 0);
    sign_body(LN_TYPE_ROSTER, ln_buffer_view(&body), 1, 2, &statement);
    assert_int_equal(ln_signed_open(ln_buffer_view(&statement), &arena, &shape), 0);
    shape.type = LN_TYPE_MANIFEST;
    AUTO(ln_buffer_wipe) struct ln_buffer mixed = LN_BUFFER(STATEMENT_MAX);
    assert_int_equal(ln_signed_build(&shape, &mixed), 0);
    assert_int_equal(take(&mixed), LN_E_SIGNATURE);
}

static void manifest_of_another_federation_is_refused(void **state)
{
    (void)state;
    struct manifest_parts parts;
    struct ln_manifest *manifest = second_manifest(&parts);
    manifest->federation.b[0] ^= 1;
    assert_int_equal(take_manifest(manifest, 1, 2), LN_E_WRONG_FEDERATION);
}

static void manifest_of_whom_the_roster_does_not_name_is_refused(void **state)
{
    (void)state;
    struct manifest_parts parts;
    make_manifest(&parts, &countries[0]);
    parts.manifest.member = (struct ln_name){"LA"};
    assert_int_equal(take_manifest(&parts.manifest, 3, 2), LN_E_NOT_A_MEMBER);
}

/* Contradictions --------------------------------------------------------------------------- */

static struct ln_hub hubs[2];
static struct ln_public_key few_roots[ROOTS];
static const struct ln_bytes endpoint = {(const uint8_t *)"tcp://hub:1", 11};

static void use_hubs(struct ln_roster *roster)
{
    uint8_t unused[CRYPTO_BOX_SECRET_BYTES];
    for (size_t i = 0; i < 2; i++) {
        hubs[i] = (struct ln_hub){.endpoints = &endpoint, .endpoints_count = 1};
        snprintf(hubs[i].id.text, sizeof hubs[i].id.text, "hub-%zu", i);
        seal_keys_make(&hubs[i].transport_key, unused);
    }
    roster->hubs = hubs;
    roster->hubs_count = 2;
}

static void nothing_wrong(struct ln_roster *roster)
{
    (void)roster;
}

static void more_signers_than_members(struct ln_roster *roster)
{
    roster->threshold = COUNTRIES + 1;
}

static void more_signatures_than_roots(struct ln_roster *roster)
{
    (void)roster;
    members[1].threshold = ROOTS + 1;
}

static void member_twice(struct ln_roster *roster)
{
    (void)roster;
    members[2].id = members[1].id;
}

static void root_of_two_members(struct ln_roster *roster)
{
    (void)roster;
    members[2].roots = countries[1].roots;
}

static void root_twice(struct ln_roster *roster)
{
    (void)roster;
    memcpy(few_roots, countries[0].roots, sizeof few_roots);
    few_roots[1] = few_roots[0]; /* one hand would make two signatures */
    members[0].roots = few_roots;
}

static void weak_root(struct ln_roster *roster)
{
    (void)roster;
    memset(few_roots, 0, sizeof few_roots);
    members[0].roots = few_roots;
    members[0].roots_count = members[0].threshold = 1;
}

static void hub_twice(struct ln_roster *roster)
{
    (void)roster;
    hubs[1].id = hubs[0].id;
}

static void hub_key_twice(struct ln_roster *roster)
{
    (void)roster;
    hubs[1].transport_key = hubs[0].transport_key;
}

static void weak_hub_key(struct ln_roster *roster)
{
    (void)roster;
    memset(&hubs[1].transport_key, 0, sizeof hubs[1].transport_key);
}

static void ends_before_it_begins(struct ln_roster *roster)
{
    roster->expires_ms = roster->created_ms;
}

static void names_nothing_before_it(struct ln_roster *roster)
{
    memset(&roster->previous, 0, sizeof roster->previous);
}

static void contradictory_rosters_are_refused(void **state)
{
    (void)state;
    static const struct {
        void (*spoil)(struct ln_roster *roster);
        int result;
    } rows[] = {{more_signers_than_members, LN_E_INCONSISTENT},
                {more_signatures_than_roots, LN_E_INCONSISTENT},
                {member_twice, LN_E_INCONSISTENT},
                {root_of_two_members, LN_E_INCONSISTENT},
                {root_twice, LN_E_INCONSISTENT},
                {weak_root, LN_E_WEAK_KEY},
                {hub_twice, LN_E_INCONSISTENT},
                {hub_key_twice, LN_E_INCONSISTENT},
                {weak_hub_key, LN_E_WEAK_KEY},
                {ends_before_it_begins, LN_E_INCONSISTENT},
                {names_nothing_before_it, LN_E_INCONSISTENT},
                {nothing_wrong, LN_TRUST_NEW}};
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct ln_roster roster = next_roster();
        use_hubs(&roster);
        rows[i].spoil(&roster);
        assert_int_equal(take_roster(&roster, 3, 2), rows[i].result);
    }
}

/* Thresholds ------------------------------------------------------------------------------- */

static void lowered_threshold_counts_from_the_next_version_on(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer second = LN_BUFFER(STATEMENT_MAX);
    struct ln_roster roster = next_roster();
    roster.threshold = 1;
    assert_int_equal(take_roster(&roster, 1, 2), LN_E_TOO_FEW_SIGNATURES);
    sign_roster(&roster, 2, 2, &second);
    assert_int_equal(take(&second), LN_TRUST_NEW);
    roster.version = 3;
    roster.previous = digest_of(&second);
    assert_int_equal(take_roster(&roster, 1, 2), LN_TRUST_NEW);
}

static void a_members_threshold_is_lowered_by_its_old_one_only(void **state)
{
    (void)state;
    struct ln_roster roster = next_roster();
    struct hands hands = {.count = 0};
    add_country(&hands, 1);
    add_country(&hands, 2);
    add_hand(&hands, &countries[0].roots[0], countries[0].root_secrets[0]);
    members[0].threshold = 1;
    assert_int_equal(take_by(trust, &roster, &hands, NULL), LN_E_TOO_FEW_SIGNATURES);
    add_hand(&hands, &countries[0].roots[1], countries[0].root_secrets[1]);
    assert_int_equal(take_by(trust, &roster, &hands, NULL), LN_TRUST_NEW);
}

static void nobodys_statements_are_refused(void **state)
{
    (void)state;
    struct manifest_parts parts;
    const struct ln_roster roster = next_roster();
    assert_int_equal(take_roster(&roster, 0, 0), LN_E_TOO_FEW_SIGNATURES);
    assert_int_equal(take_manifest(second_manifest(&parts), 0, 0), LN_E_TOO_FEW_SIGNATURES);
}

static void roster_that_is_cut_anywhere_is_refused(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    const struct ln_roster roster = next_roster();
    sign_roster(&roster, 2, 2, &statement);
    for (size_t size = 0; size < statement.size; size++)
        assert_true(ln_trust_take(trust, ln_view(statement.data, size)) < 0);
    assert_int_equal(take(&statement), LN_TRUST_NEW);
}

/* Rotated keys ----------------------------------------------------------------------------- */

struct new_roots {
    struct ln_public_key keys[ROOTS];
    uint8_t secrets[ROOTS][CRYPTO_SIGN_SECRET_BYTES];
};

/** In the roster that was made last. */
static void give_new_roots(size_t member, struct new_roots *out)
{
    for (size_t i = 0; i < ROOTS; i++)
        sign_keys_make(&out->keys[i], out->secrets[i]);
    members[member].roots = out->keys;
}

static void add_new(struct hands *hands, struct new_roots *roots)
{
    for (size_t i = 0; i < 2; i++)
        add_hand(hands, &roots->keys[i], roots->secrets[i]);
}

/** KH's roots are exchanged: version 2 is taken. */
static struct ln_digest rotate(struct ln_roster *roster, struct new_roots *roots)
{
    struct hands hands = {.count = 0};
    struct ln_digest digest;
    *roster = next_roster();
    give_new_roots(0, roots);
    add_country(&hands, 1);
    add_country(&hands, 2);
    add_country(&hands, 0);
    assert_int_equal(take_by(trust, roster, &hands, NULL), LN_E_TOO_FEW_SIGNATURES);
    hands.count -= 2;
    add_new(&hands, roots);
    assert_int_equal(take_by(trust, roster, &hands, NULL), LN_E_TOO_FEW_SIGNATURES);
    add_country(&hands, 0);
    assert_int_equal(take_by(trust, roster, &hands, &digest), LN_TRUST_NEW);
    return digest;
}

static void rotated_roots_are_signed_by_the_old_and_the_new(void **state)
{
    (void)state;
    struct ln_roster roster;
    struct new_roots roots;
    struct hands old = {.count = 0}, new = {.count = 0};
    roster.previous = rotate(&roster, &roots);
    roster.version = 3;
    add_country(&old, 0);
    add_country(&old, 1);
    add_new(&new, &roots);
    add_country(&new, 1);
    assert_int_equal(take_by(trust, &roster, &old, NULL), LN_E_TOO_FEW_SIGNATURES);
    assert_int_equal(take_by(trust, &roster, &new, NULL), LN_TRUST_NEW);
}

static void next_manifest_is_signed_by_the_rotated_roots(void **state)
{
    (void)state;
    struct ln_roster roster;
    struct new_roots roots;
    struct manifest_parts parts;
    struct hands hands = {.count = 0};
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    (void)rotate(&roster, &roots);
    assert_int_equal(take_manifest(second_manifest(&parts), 1, 2), LN_E_TOO_FEW_SIGNATURES);
    add_new(&hands, &roots);
    assert_int_equal(ln_manifest_build(&parts.manifest, &body), 0);
    sign_by(LN_TYPE_MANIFEST, ln_buffer_view(&body), &hands, &statement);
    assert_int_equal(take(&statement), LN_TRUST_NEW);
}

/** Version 2 of three members, of whom MM has left. */
static struct ln_digest leave(struct ln_trust *taker, struct ln_roster *roster)
{
    struct hands hands = {.count = 0};
    struct ln_digest digest;
    *roster = next_roster();
    roster->members_count = 2;
    add_country(&hands, 0);
    add_country(&hands, 1);
    assert_int_equal(take_by(taker, roster, &hands, &digest), LN_TRUST_NEW);
    return digest;
}

static void name_that_left_does_not_come_back_with_other_roots(void **state)
{
    (void)state;
    struct ln_roster roster;
    struct new_roots stolen;
    struct hands hands = {.count = 0};
    const struct ln_digest second = leave(trust, &roster);
    roster.version = 3;
    roster.previous = second;
    roster.members_count = COUNTRIES;
    give_new_roots(2, &stolen); /* Cambodia and Thailand put another in Myanmar's place */
    add_country(&hands, 0);
    add_country(&hands, 1);
    add_new(&hands, &stolen);
    assert_int_equal(take_by(trust, &roster, &hands, NULL), LN_E_TOO_FEW_SIGNATURES);
    add_country(&hands, 2);
    assert_int_equal(take_by(trust, &roster, &hands, NULL), LN_TRUST_NEW);
}

static void country_that_comes_back_signs_for_itself(void **state)
{
    (void)state;
    struct ln_roster roster;
    struct hands hands = {.count = 0};
    const struct ln_digest second = leave(trust, &roster);
    roster.version = 3;
    roster.previous = second;
    roster.members_count = COUNTRIES;
    add_country(&hands, 0);
    add_country(&hands, 1);
    assert_int_equal(take_by(trust, &roster, &hands, NULL), LN_E_TOO_FEW_SIGNATURES);
    add_country(&hands, 2);
    assert_int_equal(take_by(trust, &roster, &hands, NULL), LN_TRUST_NEW);
}

/* Time ------------------------------------------------------------------------------------- */

static void expired_manifest_is_still_taken(void **state)
{
    (void)state;
    struct manifest_parts parts;
    struct ln_manifest *manifest = second_manifest(&parts);
    manifest->created_ms = 1;
    manifest->expires_ms = 2;
    assert_int_equal(take_manifest(manifest, 1, 2), LN_TRUST_NEW);
}

static void roster_made_by_a_clock_set_back_is_taken(void **state)
{
    (void)state;
    struct ln_roster roster = next_roster();
    roster.created_ms -= 365 * LN_DAY_MS; /* the version says which is newer, no time does */
    assert_int_equal(take_roster(&roster, 2, 2), LN_TRUST_NEW);
}

/* A newer version of the protocol ---------------------------------------------------------- */

/** KH's second manifest, whose packed body somebody has changed before it was signed. */
static int take_packed(struct ln_buffer *body)
{
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    sign_body(LN_TYPE_MANIFEST, ln_buffer_view(body), 1, 2, &statement);
    return take(&statement);
}

static void code_of_a_newer_version_is_refused_with_unknown_code(void **state)
{
    (void)state;
    struct manifest_parts parts;
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    assert_int_equal(ln_manifest_build(second_manifest(&parts), &body), 0);
    const uint8_t *key = NULL;
    for (size_t i = 0; i + LN_PUBLIC_KEY_BYTES <= body.size && key == NULL; i++) {
        if (memcmp(body.data + i, &parts.node_keys[0].key, LN_PUBLIC_KEY_BYTES) == 0)
            key = body.data + i;
    }
    assert_non_null(key);
    uint8_t *use = body.data + (key - body.data) - 3; /* before the key's tag and length */
    assert_int_equal(*use, LN_NODE_SIGNING);
    *use = LN_NODE_TRANSPORT + 1;
    assert_int_equal(take_packed(&body), LN_E_UNKNOWN_CODE);
}

static void field_of_a_newer_version_is_refused_with_unknown_field(void **state)
{
    (void)state;
    static const uint8_t field_15[] = {15 << 3, 1};
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    const struct ln_roster roster = next_roster();
    assert_int_equal(ln_roster_build(&roster, &body), 0);
    assert_int_equal(ln_buffer_add(&body, field_15, sizeof field_15), 0);
    sign_body(LN_TYPE_ROSTER, ln_buffer_view(&body), 3, 2, &statement);
    assert_int_equal(take(&statement), LN_E_UNKNOWN_FIELD);
    assert_int_equal(ln_trust_roster(trust)->version, 1);
}

static void kind_of_office_of_a_newer_list_is_kept(void **state)
{
    (void)state;
    struct manifest_parts parts;
    struct ln_manifest *manifest = second_manifest(&parts);
    parts.office.kind = 1000; /* a word, shown as unknown; it permits nothing */
    assert_int_equal(take_manifest(manifest, 1, 2), LN_TRUST_NEW);
}

/* Whose roots were accepted ---------------------------------------------------------------- */

/** KH's node: its first roster has KH and TH; the second has MM too. */
struct joined {
    struct ln_trust *trust;
    struct ln_digest second;
};

static struct joined join(void)
{
    struct joined joined = {.trust = ln_trust_new()};
    struct ln_roster roster = first_roster();
    struct hands hands = {.count = 0};
    AUTO(ln_buffer_wipe) struct ln_buffer first = LN_BUFFER(STATEMENT_MAX);
    char fingerprint[LN_FINGERPRINT_SIZE];
    fingerprint_of(0, fingerprint);
    roster.members_count = 2;
    sign_roster(&roster, 2, 2, &first);
    assert_int_equal(ln_trust_anchor(joined.trust, ln_buffer_view(&first), fingerprint), 0);
    roster.version = 2;
    roster.previous = digest_of(&first);
    roster.members_count = COUNTRIES;
    add_country(&hands, 0);
    add_country(&hands, 1);
    assert_int_equal(take_by(joined.trust, &roster, &hands, NULL), LN_E_TOO_FEW_SIGNATURES);
    add_country(&hands, 2);
    assert_int_equal(take_by(joined.trust, &roster, &hands, &joined.second), LN_TRUST_NEW);
    return joined;
}

static int standing(const struct joined *joined, size_t country)
{
    return ln_trust_standing(joined->trust, &countries[country].name);
}

static int accept(struct joined *joined, size_t country, uint64_t version, size_t whose_digits)
{
    struct ln_digest digest;
    ln_roots_fingerprint(countries[whose_digits].roots, ROOTS, &digest);
    return ln_trust_accept(joined->trust, &countries[country].name, version, &digest);
}

static void roots_of_the_first_roster_need_no_acceptance(void **state)
{
    (void)state;
    struct joined joined = join();
    ln_trust_demand_acceptance(joined.trust, &countries[0].name);
    assert_int_equal(standing(&joined, 0), 0);
    assert_int_equal(standing(&joined, 1), 0);
    ln_trust_destroy(&joined.trust);
}

static void root_that_joined_is_not_trusted_until_it_is_accepted(void **state)
{
    (void)state;
    struct joined joined = join();
    assert_int_equal(standing(&joined, 2), 0); /* a hub demands nothing */
    ln_trust_demand_acceptance(joined.trust, &countries[0].name);
    assert_int_equal(standing(&joined, 2), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(accept(&joined, 2, 2, 1), LN_E_FINGERPRINT);
    assert_int_equal(accept(&joined, 2, 1, 2), LN_E_NOT_A_MEMBER);
    assert_int_equal(accept(&joined, 2, 3, 2), LN_E_NOT_A_MEMBER);
    assert_int_equal(standing(&joined, 2), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(accept(&joined, 2, 2, 2), 0);
    assert_int_equal(standing(&joined, 2), 0);
    ln_trust_destroy(&joined.trust);
}

static void own_root_needs_no_acceptance(void **state)
{
    (void)state;
    struct joined joined = join();
    ln_trust_demand_acceptance(joined.trust, &countries[2].name);
    assert_int_equal(standing(&joined, 2), 0);
    ln_trust_destroy(&joined.trust);
}

/** A third version, signed by all with their roots of before, and MM with new ones too. */
static struct ln_digest rotate_joined(struct joined *joined, struct new_roots *roots)
{
    struct ln_roster roster = first_roster();
    struct hands hands = {.count = 0};
    struct ln_digest digest;
    roster.version = 3;
    roster.previous = joined->second;
    give_new_roots(2, roots);
    for (size_t i = 0; i < COUNTRIES; i++)
        add_country(&hands, i);
    add_new(&hands, roots);
    assert_int_equal(take_by(joined->trust, &roster, &hands, &digest), LN_TRUST_NEW);
    return digest;
}

static void rotation_hands_the_acceptance_on(void **state)
{
    (void)state;
    struct joined joined = join();
    struct new_roots roots;
    ln_trust_demand_acceptance(joined.trust, &countries[0].name);
    assert_int_equal(accept(&joined, 2, 2, 2), 0);
    (void)rotate_joined(&joined, &roots);
    assert_int_equal(standing(&joined, 2), 0);
    ln_trust_destroy(&joined.trust);
}

static void rotation_accepts_nothing_by_itself(void **state)
{
    (void)state;
    struct joined joined = join();
    struct new_roots roots;
    struct ln_digest digest;
    ln_trust_demand_acceptance(joined.trust, &countries[0].name);
    (void)rotate_joined(&joined, &roots);
    assert_int_equal(standing(&joined, 2), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(accept(&joined, 2, 3, 2), LN_E_FINGERPRINT); /* of the old ones */
    ln_roots_fingerprint(roots.keys, ROOTS, &digest);
    assert_int_equal(ln_trust_accept(joined.trust, &countries[2].name, 3, &digest), 0);
    assert_int_equal(standing(&joined, 2), 0);
    ln_trust_destroy(&joined.trust);
}

static void country_that_comes_back_is_accepted_anew(void **state)
{
    (void)state;
    struct joined joined = join();
    struct hands hands = {.count = 0};
    struct ln_roster roster = first_roster();
    struct ln_digest third;
    ln_trust_demand_acceptance(joined.trust, &countries[0].name);
    assert_int_equal(accept(&joined, 2, 2, 2), 0);
    for (size_t i = 0; i < COUNTRIES; i++)
        add_country(&hands, i);
    roster.version = 3;
    roster.previous = joined.second;
    roster.members_count = 2;
    assert_int_equal(take_by(joined.trust, &roster, &hands, &third), LN_TRUST_NEW);
    assert_int_equal(standing(&joined, 2), LN_E_NOT_A_MEMBER);
    roster.version = 4;
    roster.previous = third;
    roster.members_count = COUNTRIES;
    assert_int_equal(take_by(joined.trust, &roster, &hands, NULL), LN_TRUST_NEW);
    assert_int_equal(standing(&joined, 2), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(accept(&joined, 2, 4, 2), 0);
    assert_int_equal(standing(&joined, 2), 0);
    ln_trust_destroy(&joined.trust);
}

/* What a node of it has signed ------------------------------------------------------------- */

static struct ln_signed note_by(size_t country, struct ln_signature *signature)
{
    static const uint8_t words[] = "words";
    const struct ln_bytes body = {words, sizeof words};
    const struct ln_signer node =
        signer_of(LN_USE_NODE, &countries[country].node_key, countries[country].node_secret);
    assert_int_equal(ln_sign_shape(LN_TYPE_NOTE, &federation, body, &node, signature), 0);
    return (struct ln_signed){LN_TYPE_NOTE, body, signature, 1};
}

static void take_manifest_of(struct ln_trust *taker, size_t country)
{
    struct manifest_parts parts;
    struct hands hands = {.count = 0};
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    make_manifest(&parts, &countries[country]);
    add_country(&hands, country);
    assert_int_equal(ln_manifest_build(&parts.manifest, &body), 0);
    sign_by(LN_TYPE_MANIFEST, ln_buffer_view(&body), &hands, &statement);
    assert_int_equal(ln_trust_take(taker, ln_buffer_view(&statement)), LN_TRUST_NEW);
}

static void only_what_is_authentic_waits_for_the_acceptance(void **state)
{
    (void)state;
    struct joined joined = join();
    struct ln_signature true_one, false_one;
    const struct ln_signed note = note_by(2, &true_one), forged = note_by(1, &false_one);
    ln_trust_demand_acceptance(joined.trust, &countries[0].name);
    take_manifest_of(joined.trust, 2);
    const struct ln_name *name = &countries[2].name;
    assert_int_equal(ln_trust_verify_node(joined.trust, name, &note, LN_TYPE_NOTE),
                     LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(ln_trust_verify_node(joined.trust, name, &forged, LN_TYPE_NOTE),
                     LN_E_UNKNOWN_KEY);
    true_one.signature.b[0] ^= 1;
    assert_int_equal(ln_trust_verify_node(joined.trust, name, &note, LN_TYPE_NOTE),
                     LN_E_SIGNATURE);
    true_one.signature.b[0] ^= 1;
    assert_int_equal(accept(&joined, 2, 2, 2), 0);
    assert_int_equal(ln_trust_verify_node(joined.trust, name, &note, LN_TYPE_NOTE), 0);
    ln_trust_destroy(&joined.trust);
}

static void node_of_a_country_that_left_is_refused(void **state)
{
    (void)state;
    struct ln_roster roster;
    struct ln_signature signature;
    const struct ln_signed note = note_by(2, &signature);
    const struct ln_name *name = &countries[2].name;
    take_manifest_of(trust, 2);
    assert_int_equal(ln_trust_verify_node(trust, name, &note, LN_TYPE_NOTE), 0);
    (void)leave(trust, &roster);
    assert_int_equal(ln_trust_verify_node(trust, name, &note, LN_TYPE_NOTE), LN_E_NOT_A_MEMBER);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, countries_start, countries_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(roster_below_the_one_that_was_anchored_is_a_rollback),
        RULE(roster_that_was_replaced_changes_nothing_when_it_comes_again),
        RULE(manifest_below_the_first_one_taken_is_a_rollback),
        RULE(roster_of_the_highest_version_does_not_bar_the_next_one),
        RULE(manifest_of_the_highest_version_does_not_bar_the_next_one),
        RULE(signatures_of_one_roster_do_not_hold_under_another),
        RULE(signature_for_one_kind_of_statement_signs_no_other),
        RULE(manifest_of_another_federation_is_refused),
        RULE(manifest_of_whom_the_roster_does_not_name_is_refused),
        RULE(contradictory_rosters_are_refused),
        RULE(lowered_threshold_counts_from_the_next_version_on),
        RULE(a_members_threshold_is_lowered_by_its_old_one_only),
        RULE(nobodys_statements_are_refused),
        RULE(roster_that_is_cut_anywhere_is_refused),
        RULE(rotated_roots_are_signed_by_the_old_and_the_new),
        RULE(next_manifest_is_signed_by_the_rotated_roots),
        RULE(name_that_left_does_not_come_back_with_other_roots),
        RULE(country_that_comes_back_signs_for_itself),
        RULE(expired_manifest_is_still_taken),
        RULE(roster_made_by_a_clock_set_back_is_taken),
        RULE(code_of_a_newer_version_is_refused_with_unknown_code),
        RULE(field_of_a_newer_version_is_refused_with_unknown_field),
        RULE(kind_of_office_of_a_newer_list_is_kept),
        RULE(roots_of_the_first_roster_need_no_acceptance),
        RULE(root_that_joined_is_not_trusted_until_it_is_accepted),
        RULE(own_root_needs_no_acceptance),
        RULE(rotation_hands_the_acceptance_on),
        RULE(rotation_accepts_nothing_by_itself),
        RULE(country_that_comes_back_is_accepted_anew),
        RULE(only_what_is_authentic_waits_for_the_acceptance),
        RULE(node_of_a_country_that_left_is_refused),
    };
    if (crypto_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
