/*
 * Reads the files of tests/vectors/ for the tests: cases with names, bytes as hexadecimal,
 * codes by name. What is missing or malformed fails the test, never passes it over.
 */
#ifndef VECTORFILE_H
#define VECTORFILE_H

#include <liaison/signed.h>

#include <jansson.h>

/** Where the files are: the first argument, or else where the build found them. */
void vectors_find(int argc, char **argv);

/** cmocka's setup and teardown: what cases hold lives until the test ends. */
int vectors_start(void **state);
int vectors_stop(void **state);
struct ln_arena *vectors_arena(void);

/** A file, which the test owns until vectors_stop. */
json_t *vectors_load(const char *name);
/** Its cases (`list` NULL: the file is one list): at least one, each with a name of its own. */
json_t *vectors_cases(const json_t *file, const char *list);

const char *vector_text(const json_t *row, const char *key);
uint64_t vector_number(const json_t *row, const char *key);
/** Digits, or a list of pairs: digits, and how often they stand there. */
struct ln_bytes vector_bytes(const json_t *row, const char *key);
struct ln_bytes vector_digits(const char *digits);
void vector_fixed(const json_t *row, const char *key, void *out, size_t size);
void vector_same(struct ln_bytes found, const json_t *row, const char *key);
enum ln_key_use vector_use(const json_t *row);
/**
 * Notes it unless the code is the row's; "" is none. A result above 0 is none. The test fails
 * at its end, so that every case that differs is said.
 */
void vector_answers(int error, const json_t *row);

/** The message of that name, from those that a stranger's bytes may be opened as. */
const struct ln_wire *vector_wire(const char *message);
/** Opens; the shape lives in the arena. */
LN_CHECKED int vector_open(const struct ln_wire *wire, struct ln_bytes bytes, void **out_shape);
/** Built from the shape, it is the row's bytes. */
void vector_builds(const struct ln_wire *wire, const void *shape, const json_t *row,
                   const char *key);
/** The shape has just the fields that the object names, with its values. */
void vector_has_fields(const struct ln_wire *wire, const void *shape, const json_t *fields);

#define VECTOR_FIXED(row, key, out) vector_fixed(row, key, &(out), sizeof(out))
#define VECTOR_SAME(object, row, key) vector_same(ln_view(&(object), sizeof(object)), row, key)
/** Over the cases, which are looked up once. */
#define VECTOR_EACH(cases, row)                                                          \
    for (const json_t *row##_all = (cases), *row##_one = row##_all; row##_one != NULL;   \
         row##_one = NULL)                                                               \
        for (size_t row##_at = 0; ((row) = json_array_get(row##_all, row##_at)) != NULL; \
             row##_at++)
#define VECTOR_RULE(name) cmocka_unit_test_setup_teardown(name, vectors_start, vectors_stop)

#endif
