/*
 * New role keys: the first of a compartment, and each that takes the place of one.
 */
#include "roleholder.h"

#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GENERATIONS_MAX = 1000 };

/* Planning --------------------------------------------------------------------------------- */

/** Who is in a plan; the plan borrows it. */
struct people {
    struct rolefile_holder holders[LN_OFFICERS_MAX], recoverers[LN_ROLE_SHARES_MAX];
};

/** 0 without --recovery. */
static int read_shares_needed(const struct ceremony *ceremony, size_t *out)
{
    *out = 0;
    if (ceremony->recovery.count == 0 && ceremony->recovery_threshold == NULL)
        return 0;
    int error = ceremony_need(ceremony->recovery_threshold, "recovery-threshold");
    if (error != 0)
        return error;
    char *end;
    const unsigned long number = strtoul(ceremony->recovery_threshold, &end, 10);
    if (*end != '\0' || number > LN_ROLE_SHARES_MAX)
        return LN_E_USAGE;
    *out = number;
    return ceremony->recovery.count > LN_ROLE_SHARES_MAX ? LN_E_TOO_MANY : 0;
}

static int plan_recovery(const struct ceremony *ceremony, const struct ln_manifest *manifest,
                         struct people *people, struct rolefile_plan *plan)
{
    const struct roleholder_question question = {manifest, plan->compartment,
                                                 ROLEHOLDER_RECOVERS};
    int error = read_shares_needed(ceremony, &plan->shares_needed);
    if (error == 0)
        error = roleholder_read_all(&question, &ceremony->recovery, people->recoverers);
    plan->recoverers = people->recoverers;
    plan->recoverers_count = ceremony->recovery.count;
    return error;
}

static int plan_new(const struct ceremony *ceremony, const struct ln_manifest *manifest,
                    struct people *people, struct rolefile_plan *plan)
{
    int error = ceremony_need_name(ceremony->office, "office", &plan->office);
    if (error == 0)
        error = ceremony_need(ceremony->compartment, "compartment");
    if (error != 0)
        return error;
    plan->compartment = ln_code_number(LN_LIST_COMPARTMENTS, ceremony->compartment);
    if (plan->compartment == 0)
        return LN_E_UNKNOWN_CODE;
    const struct roleholder_question question = {manifest, plan->compartment, ROLEHOLDER_HOLDS};
    error = roleholder_read_all(&question, &ceremony->holders, people->holders);
    plan->holders = people->holders;
    plan->holders_count = ceremony->holders.count;
    return error == 0 ? plan_recovery(ceremony, manifest, people, plan) : error;
}

/* New -------------------------------------------------------------------------------------- */

static void hex_of(const struct ln_public_key *key,
                   char out[static 2 * LN_PUBLIC_KEY_BYTES + 1])
{
    ln_hex(ln_view(key->b, sizeof key->b), out);
}

int command_role_new(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    const struct ln_manifest *manifest;
    struct people *people = ln_arena_take(&arena, sizeof *people);
    struct rolefile_plan plan = {.compartment = 0};
    struct ln_public_key key;
    char path[FILES_PATH_SIZE], text[2 * LN_PUBLIC_KEY_BYTES + 1];
    int error = people == NULL ? LN_E_OUT_OF_MEMORY : ceremony_need(ceremony->out, "out");
    if (error == 0)
        error = roleholder_manifest(ceremony, &arena, &manifest);
    if (error == 0)
        error = plan_new(ceremony, manifest, people, &plan);
    if (error == 0)
        error = files_path(path, "%s/roles", ceremony->out);
    if (error == 0)
        error = files_make_directory(path);
    if (error == 0)
        error = files_path(path, "%s/roles/%s-%s.key", ceremony->out, plan.office.text,
                           ceremony->compartment);
    if (error == 0)
        error = ceremony_about(path, rolefile_write(path, &plan, &key));
    if (error != 0)
        return error;
    hex_of(&key, text);
    printf("key: %s\n", text);
    return 0;
}

/* Rotate ----------------------------------------------------------------------------------- */

/** Present holders stay, as the manifest has them now; who does not is named. */
static size_t stay(const struct roleholder_question *question, const struct ln_name *name,
                   struct rolefile_holder *out)
{
    const int error = roleholder_read(question, name->text, out);
    if (error != 0)
        fprintf(stderr, "    left out: %s\n", ln_code_of(error)->text);
    return error == 0;
}

static int plan_rotation(const struct ceremony *ceremony, const struct ln_manifest *manifest,
                         const struct ln_role_file *old, struct people *people,
                         struct rolefile_plan *plan)
{
    struct roleholder_question question = {manifest, old->compartment, ROLEHOLDER_HOLDS};
    *plan = (struct rolefile_plan){.office = old->office, .compartment = old->compartment};
    for (size_t i = 0; i < old->wraps_count; i++)
        plan->holders_count +=
            stay(&question, &old->wraps[i].officer, &people->holders[plan->holders_count]);
    plan->holders = people->holders;
    if (ceremony->recovery.count > 0)
        return plan_recovery(ceremony, manifest, people, plan);
    question.purpose = ROLEHOLDER_RECOVERS;
    for (size_t i = 0; i < old->shares_count; i++)
        plan->recoverers_count += stay(&question, &old->shares[i].officer,
                                       &people->recoverers[plan->recoverers_count]);
    plan->recoverers = people->recoverers;
    plan->shares_needed = old->shares_needed;
    return 0;
}

/** OFFICE-COMPARTMENT-2.key and so on, beside the old one: it still opens old sections. */
static int next_path(const char *old_path, const struct rolefile_plan *plan,
                     char out[static FILES_PATH_SIZE])
{
    const char *slash = strrchr(old_path, '/');
    const int directory = slash == NULL ? 0 : (int)(slash - old_path) + 1;
    const char *compartment = ln_code_name(LN_LIST_COMPARTMENTS, plan->compartment);
    int error = 0;
    for (unsigned i = 2; i < GENERATIONS_MAX && error == 0; i++) {
        error = files_path(out, "%.*s%s-%s-%u.key", directory, old_path, plan->office.text,
                           compartment, i);
        if (error == 0 && access(out, F_OK) != 0)
            return 0;
    }
    return error == 0 ? LN_E_TOO_MANY : error;
}

static int rotate(const struct ceremony *ceremony, const struct ln_manifest *manifest,
                  const char *path)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    struct people *people = ln_arena_take(&arena, sizeof *people);
    struct ln_role_file old;
    struct rolefile_plan plan;
    struct ln_public_key key;
    char next[FILES_PATH_SIZE], text[2 * LN_PUBLIC_KEY_BYTES + 1];
    int error = people == NULL ? LN_E_OUT_OF_MEMORY : rolefile_read(path, &arena, &old);
    if (error == 0)
        error = plan_rotation(ceremony, manifest, &old, people, &plan);
    if (error == 0)
        error = next_path(path, &plan, next);
    if (error == 0)
        error = rolefile_write(next, &plan, &key);
    if (error != 0)
        return ceremony_about(path, error);
    hex_of(&key, text);
    printf("  - {office: %s, compartment: %s, key: %s}\n", plan.office.text,
           ln_code_name(LN_LIST_COMPARTMENTS, plan.compartment), text);
    return 0;
}

int command_role_rotate(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    const struct ln_manifest *manifest = NULL;
    int error = roleholder_need_files(ceremony);
    if (error == 0)
        error = ceremony_need(ceremony->manifest, "manifest");
    if (error == 0)
        error = roleholder_manifest(ceremony, &arena, &manifest);
    for (size_t i = 0; i < ceremony->words_count && error == 0; i++)
        error = rotate(ceremony, manifest, ceremony->words[i]);
    return error;
}
