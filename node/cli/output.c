/*
 * Tables by libsmartcols, JSON by jansson.
 */
#include "output.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LINE_COLUMNS = 92 };

struct libscols_table *output_table(const char *const *columns)
{
    struct libscols_table *table = scols_new_table();
    scols_table_enable_noheadings(table, 0);
    for (; *columns != NULL; columns++)
        scols_table_new_column(table, *columns, 0, 0);
    return table;
}

void output_row(struct libscols_table *table, const char *const *cells)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    const size_t columns = scols_table_get_ncols(table);
    for (size_t i = 0; i < columns; i++)
        scols_line_set_data(line, i, cells[i]);
}

void output_table_print(struct libscols_table *table)
{
    scols_print_table(table);
    scols_unref_table(table);
}

void output_time(uint64_t time_ms, char out[static OUTPUT_TIME_SIZE])
{
    const time_t seconds = (time_t)(time_ms / LN_SECOND_MS);
    struct tm local;
    if (time_ms == 0 || localtime_r(&seconds, &local) == NULL ||
        strftime(out, OUTPUT_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &local) == 0)
        snprintf(out, OUTPUT_TIME_SIZE, "-");
}

void output_span(uint64_t span_ms, char *out, size_t size)
{
    static const struct {
        uint64_t unit_ms;
        const char *word;
    } units[] = {
        {LN_DAY_MS, "days"}, {LN_HOUR_MS, "h"}, {LN_MINUTE_MS, "min"}, {LN_SECOND_MS, "s"}};
    for (size_t i = 0; i < LN_COUNT(units); i++) {
        if (span_ms >= 2 * units[i].unit_ms || i + 1 == LN_COUNT(units)) {
            snprintf(out, size, "%llu %s", (unsigned long long)(span_ms / units[i].unit_ms),
                     units[i].word);
            return;
        }
    }
}

/** Bytes of the front of `text` that fit a line: up to its newline, or folded at a space. */
static size_t line_size(struct ln_bytes text, size_t width)
{
    size_t size = 0, columns = 0, fold = 0;
    for (; size < text.size && text.data[size] != '\n'; size++) {
        columns += (text.data[size] & 0xc0) != 0x80; /* continuation bytes take no column */
        if (text.data[size] == ' ')
            fold = size;
        if (columns > width && fold > 0)
            return fold;
    }
    return size;
}

/** `first` stands before the first line, `indent` before all others: no line begins where ours
 * do. */
static void print_lines(struct ln_bytes text, const char *first, const char *indent)
{
    const size_t width = LINE_COLUMNS - strlen(indent);
    for (const char *before = first; text.size > 0; before = indent) {
        const size_t size = line_size(text, width);
        printf("%s%.*s\n", before, (int)size, (const char *)text.data);
        const size_t passed = size + (size < text.size); /* the newline or the space */
        text = ln_view(text.data + passed, text.size - passed);
    }
}

void output_text(struct ln_bytes text, const char *indent)
{
    print_lines(text, indent, indent);
}

void output_in_line(struct ln_bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        putchar(text.data[i] == '\n' ? ' ' : text.data[i]);
}

void output_field(const char *name, struct ln_bytes text)
{
    char first[32];
    snprintf(first, sizeof first, "  %-9s ", name);
    print_lines(text, first, "            ");
}

json_t *output_json_offices(const struct ln_door_party *list, size_t count)
{
    json_t *offices = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(offices, json_pack("{s:s, s:s}", "member", list[i].member.text,
                                                 "office", list[i].office.text));
    return offices;
}

json_t *output_json_bytes(struct ln_bytes text)
{
    return json_stringn(text.size == 0 ? "" : (const char *)text.data, text.size);
}

json_t *output_json_time(uint64_t time_ms)
{
    char text[LN_TIME_TEXT_SIZE];
    if (time_ms == 0)
        return json_null();
    ln_time_text(time_ms, text);
    return json_string(text);
}

json_t *output_json_id(const struct ln_id *id)
{
    char text[LN_ID_TEXT_SIZE];
    ln_id_text(id, text);
    return json_string(text);
}

json_t *output_json_digest(const struct ln_digest *digest)
{
    char text[LN_DIGEST_TEXT_SIZE];
    ln_digest_text(digest, text);
    return json_string(text);
}

void output_json(json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(value);
}
