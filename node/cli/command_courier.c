/*
 * courier write, courier read: the same envelopes on a stick.
 */
#include "cli.h"
#include "files.h"
#include "output.h"

#include <liaison/courier.h>

#include <stdio.h>
#include <string.h>

static int write_file(const struct cli *cli, const char *member)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_courier courier = {.file = {NULL, 0}};
    struct ln_door_request request = {.courier_write = &courier};
    struct ln_door_reply reply;
    char path[FILES_PATH_SIZE];
    int error = ln_name_from(member, &courier.to);
    if (error == 0)
        error = cli->out != NULL ? files_path(path, "%s", cli->out)
                                 : files_path(path, "liaison-%s.courier", member);
    if (error != 0)
        return cli_say(error, ln_view(NULL, 0));
    error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    error = files_write(path, reply.file, 0600, FILES_KEEP);
    if (error != 0)
        return cli_say(error, ln_view(path, strlen(path)));
    if (cli->wants_json)
        output_json(json_pack("{s:s, s:I}", "file", path, "letters", (json_int_t)reply.count));
    else
        printf("%s: %llu letters for %s, sealed; they stay here as well until receipts come\n",
               path, (unsigned long long)reply.count, member);
    return 0;
}

static int read_file(const struct cli *cli, const char *path)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_COURIER_MAX);
    struct ln_door_courier courier = {.to = {""}};
    struct ln_door_request request = {.courier_read = &courier};
    struct ln_door_reply reply;
    int error = files_read(path, &file);
    if (error != 0)
        return cli_say(error, ln_view(path, strlen(path)));
    courier.file = ln_buffer_view(&file);
    error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (cli->wants_json)
        output_json(json_pack("{s:I, s:I}", "taken", (json_int_t)reply.count, "refused",
                              (json_int_t)reply.refused));
    else
        printf("%llu envelopes taken, %llu refused%s%.*s\n", (unsigned long long)reply.count,
               (unsigned long long)reply.refused, reply.detail.size > 0 ? " " : "",
               (int)reply.detail.size, (const char *)reply.detail.data);
    return 0;
}

int command_courier(const struct cli *cli)
{
    const char *verb = NULL, *object = NULL;
    int error = cli_need_word(cli, 0, "write or read", &verb);
    if (error == 0)
        error = cli_need_word(cli, 1, "the member or the file", &object);
    if (error != 0)
        return error;
    if (strcmp(verb, "write") == 0)
        return write_file(cli, object);
    if (strcmp(verb, "read") == 0)
        return read_file(cli, object);
    fputs("liaison: courier write MEMBER, or courier read FILE\n", stderr);
    return LN_E_USAGE;
}
