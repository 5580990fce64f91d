/*
 * Fuzz targets: every wire message from its table, and every other decoder of outside bytes.
 *
 * What opens is built again, and must open again: a decoder that accepts what its builder
 * cannot say is a defect too. Seeds are made from the tables: fuzz --seed TARGET FILE.
 */
#include "crypto.h"
#include "form.h"
#include "sample.h"

#include <liaison/evidence.h>
#include <liaison/letter.h>
#include <liaison/roster.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUDGET ((size_t)64 << 20)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decoders that are no single message ------------------------------------------------------ */

static int unseal_nothing(void *context, const struct ln_key_id *key_id,
                          const struct ln_public_key *encapsulated, struct ln_bytes info,
                          struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    (void)context;
    (void)key_id;
    (void)encapsulated;
    (void)info;
    (void)aad;
    memcpy(out, ciphertext.data,
           ciphertext.size - 16); /* a seal that opens: what is inside is fuzzed too */
    return 0;
}

static void fuzz_sealed(struct ln_bytes bytes)
{
    static const struct ln_id federation = {{0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a,
                                             0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a}};
    static const struct ln_name to = {"KK"};
    static const struct ln_unsealer unsealer = {unseal_nothing, NULL};
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(LN_ENVELOPE_MAX);
    const int error = ln_envelope_open(bytes, &federation, &to, &unsealer, &packet);
    assert(error <= 0);
}

static void fuzz_evidence_verify(struct ln_bytes bytes)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(BUDGET);
    struct ln_evidence_report report;
    const int error = ln_evidence_verify(
        bytes, "00000 00000 00000 00000 00000 00000 00000 00000", &arena, &report);
    assert(error != 0); /* nobody has these roots */
}

static void fuzz_form(struct ln_bytes bytes)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(BUDGET);
    struct form_error form_error;
    const struct form_node *root;
    const int error = form_read(bytes, &arena, &root, &form_error);
    assert(error <= 0);
}

static void fuzz_text(struct ln_bytes bytes)
{
    struct ln_name name;
    char text[128];
    const size_t size = bytes.size < sizeof text - 1 ? bytes.size : sizeof text - 1;
    memcpy(text, bytes.data == NULL ? (const uint8_t *)"" : bytes.data, size);
    text[size] = '\0';
    struct ln_id id, again;
    struct ln_digest digest = {{0}};
    (void)!ln_text_check(bytes);
    (void)!ln_name_from_bytes(bytes, &name);
    (void)!ln_fingerprint_matches(text, &digest);
    if (ln_id_read(text, &id) == 0) {
        char back[LN_ID_TEXT_SIZE];
        ln_id_text(&id, back);
        assert(ln_id_read(back, &again) == 0 && ln_id_equal(&id, &again));
    }
}

static const struct {
    const char *name;
    void (*run)(struct ln_bytes bytes);
    const struct ln_wire *seed; /* of which message a seed is made; NULL: none */
} decoders[] = {
    {"sealed-envelope", fuzz_sealed, &ln_wire_envelope},
    {"evidence-verify", fuzz_evidence_verify, &ln_wire_evidence},
    {"form", fuzz_form, NULL},
    {"text", fuzz_text, NULL},
};

/* Messages --------------------------------------------------------------------------------- */

static void fuzz_message(const struct ln_wire *wire, struct ln_bytes bytes)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(BUDGET);
    AUTO(ln_buffer_wipe) struct ln_buffer again = LN_BUFFER(BUDGET);
    void *shape = ln_arena_take(&arena, ln_wire_shape_size(wire));
    if (ln_wire_open(wire, bytes, &arena, shape) != 0)
        return;
    assert(ln_wire_build(wire, shape, &again) == 0);
    assert(ln_wire_open(wire, ln_buffer_view(&again), &arena, shape) == 0);
}

/* Which one -------------------------------------------------------------------------------- */

static const struct ln_wire *chosen_wire;
static void (*chosen_decoder)(struct ln_bytes bytes);
static const struct ln_wire *chosen_seed;

static void list(void)
{
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++)
        puts(ln_wire_name(*wire));
    for (size_t i = 0; i < LN_COUNT(decoders); i++)
        puts(decoders[i].name);
}

static void choose(const char *name)
{
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++) {
        if (strcmp(ln_wire_name(*wire), name) == 0)
            chosen_wire = chosen_seed = *wire;
    }
    for (size_t i = 0; i < LN_COUNT(decoders); i++) {
        if (strcmp(decoders[i].name, name) != 0)
            continue;
        chosen_decoder = decoders[i].run;
        chosen_seed = decoders[i].seed;
    }
    if (chosen_wire == NULL && chosen_decoder == NULL) {
        fprintf(stderr, "no such target: %s\n", name);
        exit(2);
    }
}

static void write_seed(const char *path)
{
    AUTO(ln_buffer_wipe) struct ln_buffer seed = LN_BUFFER(BUDGET);
    if (chosen_seed != NULL && sample_build_full(chosen_seed, &seed) != 0)
        exit(2);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(seed.data, 1, seed.size, file) != seed.size || fclose(file) != 0)
        exit(2);
    exit(0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    if (*argc == 2 && strcmp((*argv)[1], "--list") == 0) {
        list();
        exit(0);
    }
    if (crypto_start() != 0)
        exit(2);
    if (*argc == 4 && strcmp((*argv)[1], "--seed") == 0) {
        choose((*argv)[2]);
        write_seed((*argv)[3]);
    }
    const char *name = getenv("LIAISON_FUZZ");
    choose(name == NULL ? "" : name);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ln_bytes bytes = ln_view(data, size);
    if (chosen_wire != NULL)
        fuzz_message(chosen_wire, bytes);
    else
        chosen_decoder(bytes);
    return 0;
}
