/*
 * reopen: one of two officers wants a frozen channel open again.
 */
#include "cli.h"
#include "output.h"

#include <stdio.h>

int command_reopen(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_reopen reopen;
    struct ln_door_request request = {.reopen = &reopen};
    struct ln_door_reply reply;
    int error = cli_need_name(cli, 0, "the member's name", &reopen.member);
    if (error == 0)
        error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    const char *member = reopen.member.text;
    const bool is_open = reply.count > 1;
    if (cli->wants_json)
        output_json(json_pack("{s:s, s:i, s:b}", "member", member, "officers", (int)reply.count,
                              "open", is_open));
    else if (is_open)
        printf("the channel from %s is open again; it goes on in a new generation, which %s "
               "begins\n",
               member, member);
    else
        puts("asked for; within a day a second officer must log in and do the same");
    return 0;
}
