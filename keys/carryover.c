/*
 * Entries are compared by key, officers by name: an officer whose keys were exchanged is the
 * same officer, and the older manifests have the older keys.
 */
#include "carryover.h"

#include <string.h>

static const char *const statuses[] = {"", "active", "retired", "revoked"};

static bool is_same(const struct ln_public_key *a, const struct ln_public_key *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Finding ---------------------------------------------------------------------------------- */

const struct ln_node_key *carryover_node_key(const struct ln_manifest *previous, uint32_t use,
                                             const struct ln_public_key *key)
{
    for (size_t i = 0; previous != NULL && i < previous->node_keys_count; i++) {
        if (previous->node_keys[i].use == use && is_same(&previous->node_keys[i].key, key))
            return &previous->node_keys[i];
    }
    return NULL;
}

const struct ln_officer *carryover_officer(const struct ln_manifest *previous,
                                           const struct ln_name *id)
{
    for (size_t i = 0; previous != NULL && i < previous->officers_count; i++) {
        if (ln_name_equal(&previous->officers[i].id, id))
            return &previous->officers[i];
    }
    return NULL;
}

const struct ln_officer *carryover_same_keys(const struct ln_manifest *previous,
                                             const struct ln_officer *officer)
{
    for (size_t i = 0; previous != NULL && i < previous->officers_count; i++) {
        const struct ln_officer *other = &previous->officers[i];
        if (!ln_name_equal(&other->id, &officer->id) &&
            (is_same(&other->signing_key, &officer->signing_key) ||
             is_same(&other->box_key, &officer->box_key)))
            return other;
    }
    return NULL;
}

const struct ln_role_key *carryover_role_key(const struct ln_manifest *previous,
                                             const struct ln_public_key *key)
{
    for (size_t i = 0; previous != NULL && i < previous->role_keys_count; i++) {
        if (is_same(&previous->role_keys[i].key, key))
            return &previous->role_keys[i];
    }
    return NULL;
}

/* Forgetting ------------------------------------------------------------------------------- */

static bool names_key(const char *text, const struct ln_public_key *key)
{
    struct ln_public_key named;
    return ln_hex_read(text, named.b, sizeof named.b) == 0 && is_same(&named, key);
}

/** The status in the version before of what a word names; 0: it is not there. */
static uint32_t status_of(const struct ln_manifest *previous, const char *word)
{
    for (size_t i = 0; i < previous->node_keys_count; i++) {
        if (names_key(word, &previous->node_keys[i].key))
            return previous->node_keys[i].status;
    }
    for (size_t i = 0; i < previous->officers_count; i++) {
        if (strcmp(word, previous->officers[i].id.text) == 0)
            return previous->officers[i].status;
    }
    for (size_t i = 0; i < previous->role_keys_count; i++) {
        if (names_key(word, &previous->role_keys[i].key))
            return previous->role_keys[i].status;
    }
    return 0;
}

static int check_forget(const struct ln_manifest *previous, const struct ln_manifest *manifest,
                        const struct form_node *forget, struct form_error *error)
{
    for (const struct form_node *node = forget == NULL ? NULL : forget->first; node != NULL;
         node = node->next) {
        if (node->kind != FORM_TEXT)
            return form_fail(error, node->line, "this must be an officer's name or a key");
        const uint32_t status = status_of(previous, node->text);
        if (status == 0)
            return form_fail(error, node->line, "\"%.64s\" is not in the version before",
                             node->text);
        if (status == LN_KEY_REVOKED)
            return form_fail(error, node->line,
                             "\"%.64s\" was revoked: what was revoked is never forgotten",
                             node->text);
        if (status_of(manifest, node->text) != 0)
            return form_fail(error, node->line, "\"%.64s\" stands in this source as well",
                             node->text);
    }
    return 0;
}

static bool is_forgotten(const struct form_node *forget, const char *name,
                         const struct ln_public_key *key)
{
    for (const struct form_node *node = forget == NULL ? NULL : forget->first; node != NULL;
         node = node->next) {
        if ((name != NULL && strcmp(node->text, name) == 0) ||
            (key != NULL && names_key(node->text, key)))
            return true;
    }
    return false;
}

/* Carrying --------------------------------------------------------------------------------- */

static uint32_t carried_status(uint32_t status)
{
    return status == LN_KEY_REVOKED ? LN_KEY_REVOKED : LN_KEY_RETIRED;
}

static void carry_node_keys(const struct ln_manifest *previous, const struct form_node *forget,
                            struct ln_manifest *manifest)
{
    struct ln_node_key *keys = (struct ln_node_key *)(uintptr_t)manifest->node_keys;
    for (size_t i = 0; i < previous->node_keys_count; i++) {
        const struct ln_node_key *key = &previous->node_keys[i];
        const bool signed_things = key->use == LN_NODE_SIGNING || key->status == LN_KEY_REVOKED;
        if (!signed_things || carryover_node_key(manifest, key->use, &key->key) != NULL ||
            is_forgotten(forget, NULL, &key->key))
            continue;
        keys[manifest->node_keys_count] = *key;
        keys[manifest->node_keys_count++].status = carried_status(key->status);
    }
}

static bool has_office(const struct ln_manifest *manifest, const struct ln_name *id)
{
    for (size_t i = 0; i < manifest->offices_count; i++) {
        if (ln_name_equal(&manifest->offices[i].id, id))
            return true;
    }
    return false;
}

/** An officer or role key that is carried over stands in its office: so that goes along. */
static void carry_office(const struct ln_manifest *previous, const struct ln_name *id,
                         struct ln_manifest *manifest)
{
    struct ln_office *offices = (struct ln_office *)(uintptr_t)manifest->offices;
    for (size_t i = 0; i < previous->offices_count && !has_office(manifest, id); i++) {
        if (ln_name_equal(&previous->offices[i].id, id))
            offices[manifest->offices_count++] = previous->offices[i];
    }
}

static void carry_officers(const struct ln_manifest *previous, const struct form_node *forget,
                           struct ln_manifest *manifest)
{
    struct ln_officer *officers = (struct ln_officer *)(uintptr_t)manifest->officers;
    for (size_t i = 0; i < previous->officers_count; i++) {
        const struct ln_officer *officer = &previous->officers[i];
        if (carryover_officer(manifest, &officer->id) != NULL ||
            is_forgotten(forget, officer->id.text, NULL))
            continue;
        carry_office(previous, &officer->office, manifest);
        officers[manifest->officers_count] = *officer;
        officers[manifest->officers_count++].status = carried_status(officer->status);
    }
}

/** A role key signs nothing, and nobody seals to one that is not there. */
static void carry_revoked_role_keys(const struct ln_manifest *previous,
                                    struct ln_manifest *manifest)
{
    struct ln_role_key *keys = (struct ln_role_key *)(uintptr_t)manifest->role_keys;
    for (size_t i = 0; i < previous->role_keys_count; i++) {
        const struct ln_role_key *key = &previous->role_keys[i];
        if (key->status != LN_KEY_REVOKED || carryover_role_key(manifest, &key->key) != NULL)
            continue;
        carry_office(previous, &key->office, manifest);
        keys[manifest->role_keys_count++] = *key;
    }
}

int carryover_apply(const struct ln_manifest *previous, const struct form_node *forget,
                    struct ln_manifest *manifest, struct form_error *error)
{
    const int result = check_forget(previous, manifest, forget, error);
    if (result != 0)
        return result;
    carry_node_keys(previous, forget, manifest);
    carry_officers(previous, forget, manifest);
    carry_revoked_role_keys(previous, manifest);
    return 0;
}

/* Telling ---------------------------------------------------------------------------------- */

struct telling {
    FILE *out;
    uint64_t now_ms;
};

static void tell(const struct telling *telling, const char *what, uint32_t before, uint32_t now,
                 uint64_t until_ms)
{
    char until[LN_TIME_TEXT_SIZE];
    ln_time_text(until_ms, until);
    if (now == 0)
        fprintf(telling->out, "  %s: not there any more\n", what);
    else if (before == 0)
        fprintf(telling->out, "  %s: new, %s, until %.10s\n", what, statuses[now], until);
    else if (before != now)
        fprintf(telling->out, "  %s: %s, was %s\n", what, statuses[now], statuses[before]);
    if (now == LN_KEY_ACTIVE && until_ms <= telling->now_ms)
        fprintf(telling->out, "  %s: ENDED on %.10s; give new keys, or \"until\"\n", what,
                until);
}

/** "signing key 0123456789abcdef" */
static void name_key(const char *what, const struct ln_public_key *key, char out[static 128])
{
    char hex[2 * LN_PUBLIC_KEY_BYTES + 1];
    ln_hex(ln_view(key->b, sizeof key->b), hex);
    snprintf(out, 128, "%.90s %.16s", what, hex);
}

static void tell_node_key(const struct telling *telling, const struct ln_node_key *key,
                          uint32_t before, uint32_t now)
{
    char what[128];
    name_key(key->use == LN_NODE_SIGNING ? "signing key" : "transport key", &key->key, what);
    tell(telling, what, before, now, key->valid_until_ms);
}

static void tell_role_key(const struct telling *telling, const struct ln_role_key *key,
                          uint32_t before, uint32_t now)
{
    char what[128], role[96];
    snprintf(role, sizeof role, "role key of %s", key->office.text);
    name_key(role, &key->key, what);
    tell(telling, what, before, now, key->valid_until_ms);
}

/** Either may be NULL: the officer is new, or not there any more. */
static void tell_officer(const struct telling *telling, const struct ln_officer *before,
                         const struct ln_officer *now)
{
    static const struct ln_officer nobody;
    const struct ln_officer *was = before == NULL ? &nobody : before;
    const struct ln_officer *is = now == NULL ? &nobody : now;
    const struct ln_officer *shown = now == NULL ? was : is;
    char what[64];
    snprintf(what, sizeof what, "officer %s", shown->id.text);
    tell(telling, what, was->status, is->status, shown->valid_until_ms);
    if (was->status != 0 && is->status != 0 && !is_same(&was->signing_key, &is->signing_key))
        fprintf(telling->out, "  %s: new keys\n", what);
}

void carryover_tell(const struct ln_manifest *previous, const struct ln_manifest *manifest,
                    FILE *out)
{
    const struct telling telling = {out, manifest->created_ms};
    for (size_t i = 0; i < manifest->node_keys_count; i++) {
        const struct ln_node_key *now = &manifest->node_keys[i];
        const struct ln_node_key *was = carryover_node_key(previous, now->use, &now->key);
        tell_node_key(&telling, now, was == NULL ? 0 : was->status, now->status);
    }
    for (size_t i = 0; i < previous->node_keys_count; i++) {
        const struct ln_node_key *was = &previous->node_keys[i];
        if (carryover_node_key(manifest, was->use, &was->key) == NULL)
            tell_node_key(&telling, was, was->status, 0);
    }
    for (size_t i = 0; i < manifest->officers_count; i++)
        tell_officer(&telling, carryover_officer(previous, &manifest->officers[i].id),
                     &manifest->officers[i]);
    for (size_t i = 0; i < previous->officers_count; i++) {
        if (carryover_officer(manifest, &previous->officers[i].id) == NULL)
            tell_officer(&telling, &previous->officers[i], NULL);
    }
    for (size_t i = 0; i < manifest->role_keys_count; i++) {
        const struct ln_role_key *now = &manifest->role_keys[i];
        const struct ln_role_key *was = carryover_role_key(previous, &now->key);
        tell_role_key(&telling, now, was == NULL ? 0 : was->status, now->status);
    }
    for (size_t i = 0; i < previous->role_keys_count; i++) {
        const struct ln_role_key *was = &previous->role_keys[i];
        if (carryover_role_key(manifest, &was->key) == NULL)
            tell_role_key(&telling, was, was->status, 0);
    }
}
