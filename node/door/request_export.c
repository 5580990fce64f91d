/*
 * What leaves the node for a court or for analysis. The whole of a case leaves when two
 * officers say so; chosen compartments of it, when one does.
 */
#include "casefile.h"
#include "officer.h"
#include "second.h"
#include "showing.h"

#include <stdio.h>

/* The second officer ----------------------------------------------------------------------- */

/** One allowance a case, use and officer. */
static void name_fact(const struct ln_id *case_id, uint32_t use, const struct ln_name *officer,
                      char out[static SECOND_FACT_SIZE])
{
    char id[LN_ID_TEXT_SIZE];
    ln_id_text(case_id, id);
    snprintf(out, SECOND_FACT_SIZE, "export/%s/%u/%s", id, use, officer->text);
}

struct approving {
    const struct local *local;
    const char *fact;
    const struct ln_name *second;
};

static int approve(struct store_txn *txn, void *context)
{
    const struct approving *approving = context;
    return second_keep(txn, approving->local, approving->fact, approving->second);
}

static bool is_officer(const struct request *request, const struct ln_name *name)
{
    const struct ln_manifest *manifest =
        ln_trust_manifest(request->local->trust, &request->local->member);
    for (size_t i = 0; manifest != NULL && i < manifest->officers_count; i++) {
        if (ln_name_equal(&manifest->officers[i].id, name))
            return true;
    }
    return false;
}

/** The second officer says it before the first takes the case out: nothing is shown here. */
static int let_export(struct request *request, const struct ln_door_export *export)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct ln_id case_id;
    struct approving *approving = ln_arena_take(request->arena, sizeof *approving);
    char *kept = ln_arena_take(request->arena, SECOND_FACT_SIZE);
    if (approving == NULL || kept == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = store_read(request->local->store, &txn);
    if (error == 0)
        error = casefile_find(txn, export->case_prefix, &case_id);
    if (error != 0)
        return error;
    auditing_case(request, &case_id);
    if (ln_name_equal(&export->approves, officer_name(request->session->officer)))
        return LN_E_SAME_OFFICER;
    if (!is_officer(request, &export->approves))
        return request_say(request, LN_E_NO_OFFICER, "%s", export->approves.text);
    name_fact(&case_id, export->use, &export->approves, kept);
    *approving =
        (struct approving){request->local, kept, officer_name(request->session->officer)};
    request->reply->case_id = case_id;
    request->write = (struct request_write){approve, approving, case_id};
    return 0;
}

/** Who let this officer take the whole case out, within a day. */
static int check_second(struct request *request, const struct ln_id *case_id, uint32_t use)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    const struct ln_name *officer = officer_name(request->session->officer);
    struct ln_name second;
    char fact[SECOND_FACT_SIZE];
    name_fact(case_id, use, officer, fact);
    int error = store_read(request->local->store, &txn);
    if (error == 0)
        error = second_find(txn, request->local, fact, &second);
    if (error != 0)
        return error;
    if (second.text[0] != '\0') {
        auditing_second(request, &second);
        return 0;
    }
    return request_say(request, LN_E_WHOLE_CASE, "--approve %s", officer->text);
}

/* The export ------------------------------------------------------------------------------- */

/** What is of the case's sections in an export. */
struct leaving {
    bool is_nothing, is_all; /* all that was asked for is all that there is */
    int code; /* if nothing: the first of which more is known than a missing key */
};

static struct leaving what_leaves(const struct ln_door_case *view)
{
    struct leaving leaving = {true, true, LN_E_ROLE_KEY};
    for (size_t i = 0; i < view->events_count; i++) {
        for (size_t k = 0; k < view->events[i].sections_count; k++) {
            const int shut = -(int)view->events[i].sections[k].code;
            leaving.is_nothing &= shut != 0;
            leaving.is_all &= shut != LN_E_LEFT_OUT;
            if (leaving.code == LN_E_ROLE_KEY && shut != 0 && shut != LN_E_LEFT_OUT)
                leaving.code = shut;
        }
    }
    return leaving;
}

static int take_out(struct request *request, const struct ln_door_export *export)
{
    const struct showing_wish wish = {export->case_prefix, export->use, export->compartments,
                                      export->compartments_count};
    const struct ln_door_case *view;
    int error = showing_case(request, &wish, &view);
    if (error != 0)
        return error;
    const struct leaving leaving = what_leaves(view);
    if (leaving.is_nothing)
        return leaving.code;
    if (leaving.is_all || export->compartments_count == 0)
        error = check_second(request, &view->case_id, export->use);
    if (error == 0)
        request->reply->view = view;
    return error;
}

int request_export(struct request *request)
{
    const struct ln_door_export *export = request->body->export;
    return export->approves.text[0] != '\0' ? let_export(request, export)
                                            : take_out(request, export);
}
