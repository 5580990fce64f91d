/*
 * refer.
 */
#include "draftfile.h"
#include "output.h"

#include <stdio.h>

static void print_sent(const struct cli *cli, const struct ln_door_reply *reply)
{
    char text[LN_ID_TEXT_SIZE];
    ln_id_text(&reply->case_id, text);
    if (cli->wants_json)
        output_json(json_pack("{s:s}", "case", text));
    else
        printf("case %s\n  signed, sealed and on disk; follow it with: liaison show %.12s\n",
               text, text);
}

int command_refer(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_refer refer = {.dry_run = cli->is_dry_run};
    struct ln_door_request request = {.refer = &refer};
    struct ln_door_reply reply;
    if (cli->wants_template) {
        draftfile_print_template();
        return 0;
    }
    int error = cli->words_count > 0 ? draftfile_refer(cli, cli->words[0], &arena, &refer)
                                     : draftfile_refer_options(cli, &arena, &refer);
    if (error == 0)
        error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (cli->is_dry_run)
        puts("it would be sent");
    else
        print_sent(cli, &reply);
    return 0;
}
