/*
 * From a YAML map to a plain struct, by the program's table of settings.
 */
#include "settings.h"

#include "files.h"

#include <stdlib.h>

enum { ROWS_MAX = 40 };

static void *member(void *out, const struct settings_row *row)
{
    return (uint8_t *)out + row->offset;
}

static int take_list(const struct form_node *root, const struct settings_row *row,
                     struct ln_arena *arena, void *out, struct form_error *error)
{
    const struct form_node *list;
    const int result = form_get_list(root, row->name, row->is_needed, &list, error);
    if (result != 0)
        return result;
    const size_t count = form_count(list);
    const char **texts = ln_arena_array(arena, count + 1, sizeof *texts);
    if (texts == NULL)
        return LN_E_OUT_OF_MEMORY;
    size_t i = 0;
    for (const struct form_node *node = count == 0 ? NULL : list->first; node != NULL;
         node = node->next) {
        if (node->kind != FORM_TEXT)
            return form_fail(error, node->line, "\"%s\" must be a list of texts", row->name);
        texts[i++] = node->text;
    }
    *(struct settings_list *)member(out, row) = (struct settings_list){texts, count};
    return 0;
}

static int take_row(const struct form_node *root, const struct settings_row *row,
                    struct ln_arena *arena, void *out, struct form_error *error)
{
    if (row->kind == SETTINGS_LIST)
        return take_list(root, row, arena, out, error);
    if (row->kind == SETTINGS_NUMBER) {
        const uint64_t fallback = row->fallback == NULL ? 0 : strtoull(row->fallback, NULL, 10);
        return form_get_number(root, row->name, row->least, row->most,
                               row->is_needed ? NULL : &fallback, member(out, row), error);
    }
    const char *text;
    const int result = form_get_text(root, row->name, row->is_needed, &text, error);
    if (result == 0)
        *(const char **)member(out, row) = text == NULL ? row->fallback : text;
    return result;
}

static int take_rows(const struct form_node *root, const struct settings_row *rows,
                     struct ln_arena *arena, void *out, struct form_error *error)
{
    const char *keys[ROWS_MAX + 1] = {NULL};
    for (size_t i = 0; i < ROWS_MAX && rows[i].name != NULL; i++)
        keys[i] = rows[i].name;
    int result = form_check_keys(root, keys, error);
    for (; result == 0 && rows->name != NULL; rows++)
        result = take_row(root, rows, arena, out, error);
    return result;
}

int settings_read(const char *path, const struct settings_row *rows, struct ln_arena *arena,
                  void *out, struct form_error *error)
{
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(FORM_SIZE_MAX);
    int result = files_read(path, &text);
    const struct form_node *root;
    if (result == 0)
        result = form_read(ln_buffer_view(&text), arena, &root, error);
    if (result == 0)
        result = take_rows(root, rows, arena, out, error);
    return result == LN_E_DRAFT ? LN_E_SETTINGS : result;
}

void settings_help(const struct settings_row *rows, FILE *out)
{
    for (; rows->name != NULL; rows++) {
        fprintf(out, "  %-18s %s", rows->name, rows->help);
        if (rows->is_needed)
            fputs(" (needed)", out);
        else if (rows->fallback != NULL)
            fprintf(out, " (default: %s)", rows->fallback);
        fputc('\n', out);
    }
}
