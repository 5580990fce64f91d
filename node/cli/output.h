/*
 * What people read: tables, times, safe text; and the small joints to JSON.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <liaison/door.h>

#include <jansson.h>

struct libscols_table;

/** A table with these columns (NULL-ended); destroyed by output_table_print. */
struct libscols_table *output_table(const char *const *columns);
/** One row; `cells` are copied. */
void output_row(struct libscols_table *table, const char *const *cells);
void output_table_print(struct libscols_table *table);

enum { OUTPUT_TIME_SIZE = 20 };
/** The machine's own time zone, to the second; "-" for 0. */
void output_time(uint64_t time_ms, char out[static OUTPUT_TIME_SIZE]);
/** "3 h", "2 days": how long ago or how long until. */
void output_span(uint64_t span_ms, char *out, size_t size);

/**
 * Text of another country, with an indentation before each of its lines. It was checked when it
 * came.
 */
void output_text(struct ln_bytes text, const char *indent);

/** Text of another country in the midst of a line of ours, which it cannot end. */
void output_in_line(struct ln_bytes text);
/** Such text on lines of its own, behind a name of at most 9 characters, which stands where
 * other names stand. */
void output_field(const char *name, struct ln_bytes text);

json_t *output_json_offices(const struct ln_door_party *list, size_t count);
json_t *output_json_bytes(struct ln_bytes text);
json_t *output_json_time(uint64_t time_ms);
json_t *output_json_id(const struct ln_id *id);
json_t *output_json_digest(const struct ln_digest *digest);
/** Prints and gives it up. */
void output_json(json_t *value);

#endif
