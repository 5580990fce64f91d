/*
 * show, receipt: a case's timeline, with every receipt and its proof state.
 */
#include "case.h"
#include "cli.h"
#include "delivery.h"
#include "handlingview.h"
#include "output.h"
#include "permitview.h"

#include <stdio.h>
#include <string.h>

/* For programs ----------------------------------------------------------------------------- */

static json_t *section_json(const struct ln_door_section_view *section)
{
    json_t *entries = json_array();
    for (size_t i = 0; i < section->entries_count; i++)
        json_array_append_new(entries,
                              json_pack("{s:o, s:o}", "label",
                                        output_json_bytes(section->entries[i].label), "text",
                                        output_json_bytes(section->entries[i].text)));
    return json_pack("{s:s, s:s, s:o, s:o, s:s}", "compartment",
                     ln_code_name(LN_LIST_COMPARTMENTS, section->compartment), "state",
                     section->code == 0 ? "OPEN" : ln_code_of((int)section->code)->name,
                     "entries", entries, "handling", handling_json(section->handling),
                     "standing",
                     section->standing == 0 ? "" : ln_code_of((int)section->standing)->name);
}

static json_t *delivery_json(const struct ln_door_delivery *delivery)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:I, s:I, s:o, s:b}", "member",
                     delivery->member.text, "status", delivery_status_name(delivery->status),
                     "code", delivery->code == 0 ? "" : ln_code_of((int)delivery->code)->name,
                     "when", output_json_time(delivery->when_ms), "generation",
                     (json_int_t)delivery->generation, "sequence",
                     (json_int_t)delivery->sequence, "letter",
                     output_json_digest(&delivery->letter), "late", (int)delivery->is_late);
}

static json_t *event_json(const struct ln_door_event *event)
{
    static const char *const effects[] = {"", "PLACED", "WITHOUT_EFFECT", "WAITING"};
    json_t *sections = json_array(), *deliveries = json_array();
    for (size_t i = 0; i < event->sections_count; i++)
        json_array_append_new(sections, section_json(&event->sections[i]));
    for (size_t i = 0; i < event->deliveries_count; i++)
        json_array_append_new(deliveries, delivery_json(&event->deliveries[i]));
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "action",
        ln_code_name(LN_LIST_ACTIONS, event->action), "member", event->author.member.text,
        "office", event->author.office.text, "officer", event->author.officer.text, "number",
        (json_int_t)event->number, "created", output_json_time(event->created_ms), "received",
        output_json_time(event->received_ms), "effect",
        event->effect < LN_COUNT(effects) ? effects[event->effect] : "UNKNOWN", "rule",
        event->code == 0 ? "" : ln_code_of((int)event->code)->name, "outcome",
        event->outcome == 0 ? "" : ln_code_name(LN_LIST_OUTCOMES, event->outcome), "digest",
        output_json_digest(&event->digest), "sections", sections, "deliveries", deliveries,
        "about", about_json(event));
}

static json_t *case_json(const struct ln_door_case *view)
{
    json_t *events = json_array(), *parties = json_array(), *contents = json_array();
    for (size_t i = 0; i < view->events_count; i++)
        json_array_append_new(events, event_json(&view->events[i]));
    for (size_t i = 0; i < view->parties_count; i++)
        json_array_append_new(
            parties,
            json_pack("{s:s, s:s, s:s}", "member", view->parties[i].member.text, "office",
                      view->parties[i].office.text, "status",
                      i == 0 ? "REFERRER" : case_status_name(view->parties[i].status)));
    for (size_t i = 0; i < view->contents_count; i++)
        json_array_append_new(contents,
                              json_string(ln_code_name(LN_LIST_CONTENTS, view->contents[i])));
    return json_pack(
        "{s:o, s:s, s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:s, s:b, s:b, s:b, s:s, s:o, s:o,"
        " s:i, s:b, s:o, s:o, s:o, s:s}",
        "case", output_json_id(&view->case_id), "urgency",
        ln_code_name(LN_LIST_URGENCIES, view->urgency), "request",
        ln_code_name(LN_LIST_REQUESTS, view->request), "contents", contents, "legal_basis",
        output_json_bytes(view->legal_basis), "urgency_reason",
        output_json_bytes(view->urgency_reason), "disputed", (int)view->is_disputed, "parties",
        parties, "events", events, "permit", permit_json(view->permit), "purpose",
        view->purpose == 0 ? "" : ln_code_name(LN_LIST_PURPOSES, view->purpose), "child",
        (int)view->child, "emergency_article", (int)view->emergency, "needs_second",
        (int)view->needs_second, "consent",
        view->consent == 0 ? "" : ln_code_name(LN_LIST_CONSENTS, view->consent),
        "consent_ground", output_json_bytes(view->consent_ground), "keep_until",
        output_json_time(view->keep_until_ms), "duties", (int)view->duties, "late",
        (int)view->is_late, "escalated",
        output_json_offices(view->escalated, view->escalated_count), "erased",
        output_json_time(view->erased_ms), "held", output_json_time(view->held_ms), "held_by",
        view->held_by.text);
}

/* For people ------------------------------------------------------------------------------- */

static void print_delivery(const struct ln_door_delivery *delivery)
{
    char time[OUTPUT_TIME_SIZE], digest[LN_DIGEST_TEXT_SIZE];
    output_time(delivery->when_ms, time);
    ln_digest_text(&delivery->letter, digest);
    switch (delivery->status) {
    case DELIVERY_DELIVERED:
        printf("      %s's node signed for it at %s (letter %llu.%llu, %.16s)",
               delivery->member.text, time, (unsigned long long)delivery->generation,
               (unsigned long long)delivery->sequence, digest);
        break;
    case DELIVERY_REFUSED:
        printf("      %s's node refused it at %s: %s (%s, %s)", delivery->member.text, time,
               ln_code_of((int)delivery->code)->text, ln_code_of((int)delivery->code)->name,
               ln_code_of((int)delivery->code)->rule);
        break;
    case DELIVERY_AT_HUB:
        printf("      a hub has stored it for %s; no receipt yet", delivery->member.text);
        break;
    default:
        printf("      waits here for %s; it leaves as soon as a hub is reached",
               delivery->member.text);
    }
    puts(delivery->is_late ? "  ** LATE: not opened in time **" : "");
}

static void print_section(const struct ln_door_section_view *section)
{
    printf("      %s", ln_code_name(LN_LIST_COMPARTMENTS, section->compartment));
    handling_print(section->handling);
    if (section->standing != 0)
        printf(" ** %s **", ln_code_of((int)section->standing)->text);
    if (section->code != 0) {
        printf(": shut (%s)\n", (int)section->code == -LN_E_STATE
                                    ? "opens with: liaison open"
                                    : ln_code_of((int)section->code)->text);
        return;
    }
    putchar('\n');
    for (size_t i = 0; i < section->entries_count; i++) {
        fputs("        ", stdout);
        output_in_line(section->entries[i].label);
        puts(":");
        output_text(section->entries[i].text, "          ");
    }
}

static void print_event(const struct ln_door_event *event)
{
    char time[OUTPUT_TIME_SIZE];
    output_time(event->created_ms, time);
    printf("\n  %s  %-7s %s/%s, signed by %s, as %s.%llu", time,
           ln_code_name(LN_LIST_ACTIONS, event->action), event->author.member.text,
           event->author.office.text, event->author.officer.text, event->author.member.text,
           (unsigned long long)event->number);
    if (event->outcome != 0)
        printf(", %s", ln_code_name(LN_LIST_OUTCOMES, event->outcome));
    putchar('\n');
    about_print(event);
    if (event->effect == CASE_WITHOUT_EFFECT)
        printf("      WITHOUT EFFECT: %s (%s)\n", ln_code_of((int)event->code)->text,
               ln_code_of((int)event->code)->rule);
    else if (event->effect == CASE_WAITING)
        puts("      WAITING: an earlier message is missing");
    for (size_t i = 0; i < event->deliveries_count; i++)
        print_delivery(&event->deliveries[i]);
    for (size_t i = 0; i < event->sections_count; i++)
        print_section(&event->sections[i]);
}

static void print_consent(const struct ln_door_case *view)
{
    if (view->consent == LN_CONSENT_OVERRIDDEN)
        puts(view->needs_second
                 ? "  CONSENT OVERRIDDEN: waits for a second officer of the sending country"
                 : "  CONSENT OVERRIDDEN by two officers of the sending country");
    else if (view->consent != 0)
        printf("  consent   %s\n", ln_code_name(LN_LIST_CONSENTS, view->consent));
    if (view->consent_ground.size == 0)
        return;
    puts("  ground:");
    output_text(view->consent_ground, "            ");
}

static void print_lateness(const struct ln_door_case *view)
{
    if (!view->is_late)
        return;
    puts("  ** LATE: not opened in time **");
    for (size_t i = 0; i < view->escalated_count; i++)
        printf("  escalated to %s/%s by the agreement\n", view->escalated[i].member.text,
               view->escalated[i].office.text);
}

static void print_terms(const struct ln_door_case *view)
{
    char until[OUTPUT_TIME_SIZE];
    if (view->emergency)
        puts(view->needs_second
                 ? "  EMERGENCY ARTICLE: waits for a second officer of the sending country"
                 : "  EMERGENCY ARTICLE: sent by two officers, outside the ordinary articles");
    print_consent(view);
    if (view->child)
        puts("  CHILD     the article's safeguards are stated as being in place");
    if (view->purpose != 0)
        printf("  purpose   %s\n", ln_code_name(LN_LIST_PURPOSES, view->purpose));
    permit_print(view->permit, "  ");
    output_time(view->keep_until_ms, until);
    if (view->keep_until_ms != 0)
        printf("  kept until %.10s\n", until);
    print_lateness(view);
}

static void print_fate(const struct ln_door_case *view)
{
    char time[OUTPUT_TIME_SIZE];
    output_time(view->held_ms, time);
    if (view->held_ms != 0)
        printf("  LEGAL HOLD since %s, by %s\n", time, view->held_by.text);
    output_time(view->erased_ms, time);
    if (view->erased_ms != 0)
        printf("  ERASED at %s: the headers stay\n", time);
}

static void print_head(const struct ln_door_case *view)
{
    char id[LN_ID_TEXT_SIZE];
    ln_id_text(&view->case_id, id);
    if (view->parties_count == 0) {
        printf("case %s  not begun: no event of it took effect here\n", id);
        return;
    }
    printf("case %s  %s  %s", id, ln_code_name(LN_LIST_URGENCIES, view->urgency),
           ln_code_name(LN_LIST_REQUESTS, view->request));
    for (size_t i = 0; i < view->contents_count; i++)
        printf("%s%s", i == 0 ? "  (" : ", ",
               ln_code_name(LN_LIST_CONTENTS, view->contents[i]));
    puts(view->contents_count > 0 ? ")" : "");
    if (view->is_disputed)
        puts("  DISPUTED: somebody signed two events with one number; both are kept");
    for (size_t i = 0; i < view->parties_count; i++)
        printf("  %-9s %s/%s%s%s\n", i == 0 ? "from" : "to", view->parties[i].member.text,
               view->parties[i].office.text, i == 0 ? "" : "  ",
               i == 0 ? "" : case_status_name(view->parties[i].status));
    output_field("urgent", view->urgency_reason);
    output_field("basis", view->legal_basis);
    print_fate(view);
    print_terms(view);
    if (view->duties > 0)
        printf(
            "  ** its originator has corrected or revoked %u sections since: liaison pass-on "
            "%.12s **\n",
            view->duties, id);
}

/* Commands --------------------------------------------------------------------------------- */

static int ask_case(const struct cli *cli, struct ln_arena *arena,
                    const struct ln_door_case **out)
{
    struct ln_door_show show;
    struct ln_door_request request = {.show = &show};
    struct ln_door_reply reply;
    const char *prefix = NULL;
    int error = cli_need_word(cli, 0, "the case's number", &prefix);
    if (error != 0)
        return error;
    show.case_prefix = ln_view(prefix, strlen(prefix));
    error = cli_ask(cli, &request, arena, &reply);
    if (error == 0)
        *out = reply.view;
    return error == 0 && reply.view == NULL ? LN_E_MALFORMED : error;
}

static void print_case(const struct ln_door_case *view)
{
    print_head(view);
    for (size_t i = 0; i < view->events_count; i++)
        print_event(&view->events[i]);
}

int command_show(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    const struct ln_door_case *view;
    const int error = ask_case(cli, &arena, &view);
    if (error != 0)
        return error;
    if (cli->wants_json) {
        output_json(case_json(view));
        return 0;
    }
    print_case(view);
    return 0;
}

/* Out of the node -------------------------------------------------------------------------- */

static int export_use(const struct cli *cli, uint32_t *out)
{
    static const struct {
        const char *name;
        uint32_t use;
    } uses[] = {{"COURT", LN_USE_FOR_COURT}, {"ANALYSIS", LN_USE_FOR_EXPORT}};
    for (size_t i = 0; cli->use != NULL && i < LN_COUNT(uses); i++) {
        if (strcmp(uses[i].name, cli->use) == 0) {
            *out = uses[i].use;
            return 0;
        }
    }
    fputs("liaison: --for COURT or --for ANALYSIS is needed; add --help\n", stderr);
    return LN_E_USAGE;
}

static int read_export(const struct cli *cli, struct ln_arena *arena,
                       struct ln_door_export *out)
{
    const char *prefix = NULL;
    int error = cli_need_word(cli, 0, "the case's number", &prefix);
    if (error == 0)
        error = export_use(cli, &out->use);
    if (error == 0)
        error = cli_compartments(cli, arena, &out->compartments, &out->compartments_count);
    if (error != 0)
        return error;
    out->case_prefix = ln_view(prefix, strlen(prefix));
    if (cli->approve == NULL)
        return 0;
    if (out->compartments_count > 0) {
        fputs("liaison: --approve is for the whole case; leave --compartment out\n", stderr);
        return LN_E_USAGE;
    }
    error = ln_name_from(cli->approve, &out->approves);
    return error == 0 ? 0 : cli_say(error, ln_view(cli->approve, strlen(cli->approve)));
}

static void print_approved(const struct cli *cli, const struct ln_door_reply *reply)
{
    char id[LN_ID_TEXT_SIZE];
    ln_id_text(&reply->case_id, id);
    if (cli->wants_json)
        output_json(json_pack("{s:s, s:s, s:s}", "case", id, "export_for", cli->use, "approved",
                              cli->approve));
    else
        printf("case %s: %s may export the whole of it for %s within a day\n", id, cli->approve,
               cli->use);
}

static void print_export(const struct cli *cli, const struct ln_door_case *view)
{
    if (cli->wants_json) {
        output_json(json_pack("{s:s, s:o}", "export_for", cli->use, "case", case_json(view)));
        return;
    }
    printf("EXPORT for %s: what is shut below may not be used for that\n", cli->use);
    print_case(view);
}

int command_export(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_export export = {.use = 0};
    struct ln_door_request request = {.export = &export};
    struct ln_door_reply reply;
    int error = read_export(cli, &arena, &export);
    if (error == 0)
        error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (cli->approve != NULL)
        print_approved(cli, &reply);
    else if (reply.view != NULL)
        print_export(cli, reply.view);
    else
        error = LN_E_MALFORMED;
    return error;
}

int command_receipt(const struct cli *cli)
{
    static const char *const columns[] = {"EVENT", "BY",     "TO", "STATUS",
                                          "WHEN",  "LETTER", NULL};
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    const struct ln_door_case *view;
    const int error = ask_case(cli, &arena, &view);
    if (error != 0)
        return error;
    json_t *list = json_array();
    struct libscols_table *table = output_table(columns);
    for (size_t i = 0; i < view->events_count; i++) {
        for (size_t k = 0; k < view->events[i].deliveries_count; k++) {
            const struct ln_door_event *event = &view->events[i];
            const struct ln_door_delivery *delivery = &event->deliveries[k];
            char time[OUTPUT_TIME_SIZE], digest[LN_DIGEST_TEXT_SIZE];
            output_time(delivery->when_ms, time);
            ln_digest_text(&delivery->letter, digest);
            const char *const cells[] = {ln_code_name(LN_LIST_ACTIONS, event->action),
                                         event->author.officer.text,
                                         delivery->member.text,
                                         delivery_status_name(delivery->status),
                                         time,
                                         digest};
            output_row(table, cells);
            json_array_append_new(list, delivery_json(delivery));
        }
    }
    if (cli->wants_json)
        output_json(list);
    else
        output_table_print(table);
    return 0;
}
