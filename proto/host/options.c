/*
 * Long options only, anywhere on the line, "--name value" or "--name=value"; "--" ends them.
 */
#include "options.h"

#include <string.h>

struct reader {
    int argc, at;
    char **argv;
    const struct options_row *rows;
    void *out;
};

static const struct options_row *find_row(const struct options_row *rows, const char *name,
                                          size_t size)
{
    for (; rows->name != NULL; rows++) {
        if (strlen(rows->name) == size && memcmp(rows->name, name, size) == 0)
            return rows;
    }
    return NULL;
}

static int fail(const struct reader *reader, const char *option, const char *problem)
{
    fprintf(stderr, "%s: %s %s\n", reader->argv[0], option, problem);
    return LN_E_USAGE;
}

static int set(const struct reader *reader, const struct options_row *row, const char *value)
{
    void *member = (uint8_t *)reader->out + row->offset;
    if (row->kind == OPTIONS_FLAG) {
        *(bool *)member = true;
    } else if (row->kind == OPTIONS_TEXT) {
        *(const char **)member = value;
    } else {
        struct options_list *list = member;
        if (list->count == OPTIONS_LIST_MAX)
            return fail(reader, row->name, "stands too often");
        list->texts[list->count++] = value;
    }
    return 0;
}

static int take_option(struct reader *reader)
{
    const char *option = reader->argv[reader->at++], *name = option + 2;
    const char *equals = strchr(name, '=');
    const size_t size = equals == NULL ? strlen(name) : (size_t)(equals - name);
    const struct options_row *row = find_row(reader->rows, name, size);
    if (row == NULL)
        return fail(reader, option, "is not known; add --help");
    if (row->kind == OPTIONS_FLAG)
        return equals == NULL ? set(reader, row, NULL) : fail(reader, option, "takes no value");
    if (equals != NULL)
        return set(reader, row, equals + 1);
    if (reader->at == reader->argc)
        return fail(reader, option, "needs a value");
    return set(reader, row, reader->argv[reader->at++]);
}

int options_read(int argc, char **argv, const struct options_row *rows, void *out,
                 const char **out_rest, size_t rest_max, size_t *out_rest_count)
{
    struct reader reader = {.argc = argc, .at = 1, .argv = argv, .rows = rows, .out = out};
    bool is_ended = false;
    *out_rest_count = 0;
    while (reader.at < argc) {
        const char *word = argv[reader.at];
        if (!is_ended && strcmp(word, "--") == 0) {
            is_ended = true;
            reader.at++;
        } else if (!is_ended && word[0] == '-' && word[1] != '-' && word[1] != '\0') {
            return fail(&reader, word, "is not known; add --help"); /* "-" is a word */
        } else if (!is_ended && strncmp(word, "--", 2) == 0) {
            const int error = take_option(&reader);
            if (error != 0)
                return error;
        } else if (*out_rest_count == rest_max) {
            return fail(&reader, word, "is one word too many; add --help");
        } else {
            out_rest[(*out_rest_count)++] = argv[reader.at++];
        }
    }
    return 0;
}

bool options_is_given(const struct options_row *row, const void *out)
{
    const void *member = (const uint8_t *)out + row->offset;
    if (row->kind == OPTIONS_FLAG)
        return *(const bool *)member;
    if (row->kind == OPTIONS_TEXT)
        return *(const char *const *)member != NULL;
    return ((const struct options_list *)member)->count > 0;
}

void options_help(const struct options_row *rows, FILE *out)
{
    for (; rows->name != NULL; rows++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", rows->name, rows->argument == NULL ? "" : " ",
                 rows->argument == NULL ? "" : rows->argument);
        fprintf(out, "  %-28s %s\n", left, rows->help);
    }
}
