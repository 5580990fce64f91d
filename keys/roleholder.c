/*
 * A mistake here would give a key to the wrong office, so where a manifest is at hand it
 * decides.
 */
#include "roleholder.h"

#include <stdio.h>
#include <string.h>

int roleholder_need_files(const struct ceremony *ceremony)
{
    if (ceremony->words_count > 0)
        return 0;
    fputs("a role file is needed\n", stderr);
    return LN_E_USAGE;
}

int roleholder_manifest(const struct ceremony *ceremony, struct ln_arena *arena,
                        const struct ln_manifest **out)
{
    struct ln_signed statement;
    *out = NULL;
    if (ceremony->manifest == NULL)
        return 0;
    struct ln_manifest *manifest = ln_arena_take(arena, sizeof *manifest);
    if (manifest == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = ceremony_read_signed(ceremony->manifest, arena, &statement);
    if (error == 0 && statement.type != LN_TYPE_MANIFEST)
        error = LN_E_WRONG_TYPE;
    if (error == 0)
        error = ln_manifest_open(statement.body, arena, manifest);
    *out = error == 0 ? manifest : NULL;
    return error;
}

static const struct ln_officer *find_officer(const struct ln_manifest *manifest,
                                             const struct ln_name *id)
{
    for (size_t i = 0; i < manifest->officers_count; i++) {
        if (ln_name_equal(&manifest->officers[i].id, id))
            return &manifest->officers[i];
    }
    return NULL;
}

static bool may_hold(const struct ln_officer *officer, uint32_t compartment)
{
    for (size_t i = 0; i < officer->roles_count; i++) {
        if (ln_role_reads(officer->roles[i], compartment))
            return true;
    }
    return false;
}

static int check_officer(const struct roleholder_question *question,
                         const struct ln_officer *officer)
{
    if (officer == NULL)
        return LN_E_UNKNOWN_KEY;
    if (officer->status != LN_KEY_ACTIVE)
        return LN_E_KEY_REVOKED;
    return question->purpose == ROLEHOLDER_HOLDS && !may_hold(officer, question->compartment)
               ? LN_E_ROLE
               : 0;
}

/** With a key on the command line the manifest still decides about the officers that it has. */
static int look_up(const struct roleholder_question *question, const char *key,
                   struct rolefile_holder *out)
{
    const struct ln_officer *officer =
        question->manifest == NULL ? NULL : find_officer(question->manifest, &out->officer);
    if (key == NULL && question->manifest == NULL)
        return LN_E_USAGE;
    const int error = key != NULL && officer == NULL ? 0 : check_officer(question, officer);
    if (error != 0)
        return error;
    if (key != NULL)
        return ln_hex_read(key, out->box_key.b, sizeof out->box_key.b);
    out->box_key = officer->box_key;
    return 0;
}

int roleholder_read(const struct roleholder_question *question, const char *text,
                    struct rolefile_holder *out)
{
    const char *equals = strchr(text, '=');
    const size_t size = equals == NULL ? strlen(text) : (size_t)(equals - text);
    int error = ln_name_from_bytes(ln_view(text, size), &out->officer);
    if (error == 0)
        error = look_up(question, equals == NULL ? NULL : equals + 1, out);
    if (error != 0)
        fprintf(stderr, "officer %.*s:\n", (int)size, text);
    return error;
}

int roleholder_read_all(const struct roleholder_question *question,
                        const struct options_list *list, struct rolefile_holder *out)
{
    int error = 0;
    for (size_t i = 0; i < list->count && error == 0; i++)
        error = roleholder_read(question, list->texts[i], &out[i]);
    return error;
}
