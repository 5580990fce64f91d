/*
 * refer.
 */
#include "draftfile.h"
#include "output.h"
#include "permitview.h"

#include <stdio.h>
#include <string.h>

static void print_sent(const struct cli *cli, const struct ln_door_reply *reply,
                       bool needs_second)
{
    char text[LN_ID_TEXT_SIZE];
    ln_id_text(&reply->case_id, text);
    if (cli->wants_json) {
        output_json(json_pack("{s:s, s:o, s:b}", "case", text, "permit",
                              permit_json(reply->permit), "needs_second", (int)needs_second));
        return;
    }
    printf("case %s\n", text);
    permit_print(reply->permit, "  ");
    if (needs_second)
        printf("  NOT SENT YET: another officer of this country runs: liaison approve %.12s\n",
               text);
    else
        printf("  signed, sealed and on disk; follow it with: liaison show %.12s\n", text);
}

static void print_would(const struct cli *cli, const struct ln_door_reply *reply)
{
    if (cli->wants_json) {
        output_json(
            json_pack("{s:b, s:o}", "permitted", 1, "permit", permit_json(reply->permit)));
        return;
    }
    puts("it would be sent");
    permit_print(reply->permit, "  ");
}

static bool takes_two(const struct ln_door_terms *terms)
{
    return terms != NULL && (terms->emergency != 0 || terms->consent == LN_CONSENT_OVERRIDDEN);
}

int command_refer_as(const struct cli *cli, bool is_dry_run)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_refer refer = {.dry_run = is_dry_run};
    struct ln_door_request request = {.refer = &refer};
    struct ln_door_reply reply;
    if (cli->wants_template) {
        draftfile_print_template();
        return 0;
    }
    if (cli->words_count > 0 && draftfile_has_options(cli))
        return cli_say_both();
    int error = cli->words_count > 0 ? draftfile_refer(cli, cli->words[0], &arena, &refer)
                                     : draftfile_refer_options(cli, &arena, &refer);
    if (error == 0)
        error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (refer.dry_run)
        print_would(cli, &reply);
    else
        print_sent(cli, &reply, takes_two(refer.terms));
    return 0;
}

static int need_compartments(const struct cli *cli, struct ln_arena *arena,
                             struct ln_door_forward *out)
{
    const int error =
        cli_compartments(cli, arena, &out->compartments, &out->compartments_count);
    if (error != 0 || out->compartments_count > 0)
        return error;
    fputs("liaison: --compartment is needed; add --help\n", stderr);
    return LN_E_USAGE;
}

int command_forward(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_refer refer = {.dry_run = cli->is_dry_run};
    struct ln_door_forward forward = {.refer = &refer};
    struct ln_door_request request = {.forward = &forward};
    struct ln_door_reply reply;
    const char *prefix = NULL;
    int error = cli_need_word(cli, 0, "the case's number", &prefix);
    if (error == 0 && cli->words_count > 1)
        error = cli_event(cli->words[1], &forward.member, &forward.number);
    if (error == 0)
        error = need_compartments(cli, &arena, &forward);
    if (error == 0)
        error = draftfile_refer_options(cli, &arena, &refer);
    if (error != 0)
        return error;
    forward.case_prefix = ln_view(prefix, strlen(prefix));
    error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (refer.dry_run)
        print_would(cli, &reply);
    else
        print_sent(cli, &reply, takes_two(refer.terms));
    return 0;
}

int command_refer(const struct cli *cli)
{
    return command_refer_as(cli, cli->is_dry_run);
}
