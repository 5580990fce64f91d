/*
 * login, logout.
 */
#include "cli.h"

#include "client.h"
#include "files.h"
#include "output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Asked before the node is, which would else begin a session that nobody can use. */
static int find_place(const struct cli *cli, char out[static CLI_TOKEN_FILE_SIZE])
{
    const int error = cli_token_path(cli, out);
    if (error == LN_E_USAGE)
        fputs("liaison: the session is kept in a file: set XDG_RUNTIME_DIR or HOME to a "
              "directory of yours\n",
              stderr);
    return error == 0 || error == LN_E_USAGE ? error : cli_say(error, ln_view(NULL, 0));
}

static int keep_token(const char *path, const struct ln_door_token *token)
{
    const struct ln_bytes content = ln_view(token->b, sizeof token->b);
    const int error = files_write(path, content, 0600, FILES_REPLACE);
    return error == 0 ? 0 : cli_say(error, ln_view(path, strlen(path)));
}

/** Where the passphrase could not be had from. */
static struct ln_bytes passphrase_source(const struct cli *cli)
{
    static const char terminal[] =
        "no terminal, or nothing typed; --passphrase-file or --passphrase-fd can be named";
    const char *source = cli->passphrase_fd != NULL     ? "--passphrase-fd"
                         : cli->passphrase_file != NULL ? cli->passphrase_file
                                                        : terminal;
    return ln_view(source, strlen(source));
}

int command_login(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer passphrase = LN_BUFFER(FILES_PASSPHRASE_MAX);
    struct ln_door_login login;
    struct ln_door_request request = {.login = &login};
    struct ln_door_reply reply;
    const struct files_passphrase source = {
        .descriptor = cli->passphrase_fd,
        .file = cli->passphrase_file,
        .prompt = "passphrase",
    };
    char path[CLI_TOKEN_FILE_SIZE];
    int error = cli_need_name(cli, 0, "the officer's name", &login.officer);
    if (error == 0)
        error = find_place(cli, path);
    if (error != 0)
        return error;
    error = files_passphrase(&source, &passphrase);
    if (error != 0)
        return cli_say(error, passphrase_source(cli));
    login.passphrase = ln_buffer_view(&passphrase);
    error = cli_ask(cli, &request, &arena, &reply);
    if (error == 0)
        error = keep_token(path, &reply.token);
    if (error != 0)
        return error;
    if (cli->wants_json)
        output_json(json_pack("{s:s, s:b}", "officer", login.officer.text, "logged_in", 1));
    else
        printf("%s is logged in\n", login.officer.text);
    return 0;
}

int command_logout(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    static const struct ln_door_empty empty;
    struct ln_door_request request = {.logout = &empty};
    struct ln_door_reply reply;
    char path[CLI_TOKEN_FILE_SIZE];
    const int error = cli_ask(cli, &request, &arena, &reply);
    if (cli_token_path(cli, path) == 0)
        unlink(path);
    if (error != 0)
        return error;
    if (cli->wants_json)
        output_json(json_pack("{s:b}", "logged_in", 0));
    else
        puts("logged out");
    return 0;
}
