/*
 * The envelope: a packet sealed to a member's epoch key and padded, so that the hub sees a
 * destination, an urgency class and a padded size, and nothing else (docs/protocol.md,
 * Envelope).
 *
 * The encapsulated key stands in the header, and the header's literal bytes are the associated
 * data: so the key is made first, then the header packed, then the packet sealed under both.
 */
#include <liaison/letter.h>

#include "crypto.h"
#include "wire.h"

#include "letter.pb-c.h"

#include <string.h>

enum { HEADER_MAX = 256, LENGTH_BYTES = 4 };

static const struct wire_field envelope_header_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_envelope_header, suite, LN_SUITE),
    WIRE_FIXED(2, REQUIRED, ln_envelope_header, federation),
    WIRE_NAME(3, REQUIRED, ln_envelope_header, to),
    WIRE_U64(4, REQUIRED, ln_envelope_header, epoch, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(5, REQUIRED, ln_envelope_header, epoch_key_id),
    WIRE_FIXED(6, REQUIRED, ln_envelope_header, encapsulated),
    WIRE_CODE(7, REQUIRED, ln_envelope_header, urgency, LN_URGENCY_LAST),
};
WIRE_MESSAGE(envelope_header, envelope_header, HEADER_MAX, false);

static const struct wire_field envelope_fields[] = {
    WIRE_BYTES(1, REQUIRED, ln_envelope, header, 1, HEADER_MAX),
    WIRE_BYTES(2, REQUIRED, ln_envelope, ciphertext,
               LN_ENVELOPE_PADDED_MIN + CRYPTO_SEAL_TAG_BYTES, LN_ENVELOPE_MAX),
};
WIRE_MESSAGE(envelope, envelope, LN_ENVELOPE_MAX, false);

static unsigned bits_of(size_t value)
{
    unsigned bits = 0;
    for (; value > 1; value >>= 1)
        bits++;
    return bits;
}

/**
 * Padme (Nikitin and others, PURBs, 2019): at most 12 % more, and only the size's leading bits
 * show.
 */
size_t ln_padded_size(size_t packet_size)
{
    size_t size = packet_size + LENGTH_BYTES;
    if (size < LN_ENVELOPE_PADDED_MIN)
        size = LN_ENVELOPE_PADDED_MIN;
    const unsigned exponent = bits_of(size);
    const unsigned last_bits = exponent - (bits_of(exponent) + 1);
    const size_t mask = ((size_t)1 << last_bits) - 1;
    return (size + mask) & ~mask;
}

/** "liaison/1 seal" 0x00 federation to 0x00 epoch(u64be) epoch_key_id */
static int add_info(const struct ln_envelope_header *header, struct ln_buffer *out)
{
    static const char purpose[] = "liaison/1 seal";
    int error = ln_buffer_add(out, purpose, sizeof purpose);
    if (error == 0)
        error = ln_buffer_add(out, header->federation.b, sizeof header->federation.b);
    if (error == 0)
        error = ln_buffer_add(out, header->to.text, strlen(header->to.text) + 1);
    if (error == 0)
        error = ln_buffer_add_u64(out, header->epoch);
    if (error == 0)
        error = ln_buffer_add(out, header->epoch_key_id.b, sizeof header->epoch_key_id.b);
    return error;
}

static int pad(struct ln_bytes packet, struct ln_buffer *out)
{
    int error = ln_buffer_add_u32(out, (uint32_t)packet.size);
    if (error == 0)
        error = ln_buffer_add_bytes(out, packet);
    return error == 0 ? ln_buffer_add_zeros(out, ln_padded_size(packet.size) - out->size)
                      : error;
}

static int unpad(struct ln_bytes padded, struct ln_buffer *out_packet)
{
    if (padded.size < LENGTH_BYTES)
        return LN_E_MALFORMED;
    const size_t size = ln_get_u32(padded.data);
    if (size > LN_PACKET_MAX || ln_padded_size(size) != padded.size)
        return LN_E_MALFORMED;
    uint8_t any = 0;
    for (size_t i = LENGTH_BYTES + size; i < padded.size; i++)
        any |= padded.data[i];
    return any == 0 ? ln_buffer_add(out_packet, padded.data + LENGTH_BYTES, size)
                    : LN_E_MALFORMED;
}

struct sealing {
    struct ln_buffer info, header, plaintext, ciphertext;
};

static void sealing_wipe(struct sealing *sealing)
{
    ln_buffer_wipe(&sealing->info);
    ln_buffer_wipe(&sealing->header);
    ln_buffer_wipe(&sealing->plaintext);
    ln_buffer_wipe(&sealing->ciphertext);
}

static struct sealing sealing_init(void)
{
    return (struct sealing){LN_BUFFER(HEADER_MAX), LN_BUFFER(HEADER_MAX),
                            LN_BUFFER(LN_ENVELOPE_MAX), LN_BUFFER(LN_ENVELOPE_MAX)};
}

struct header_maker {
    struct ln_envelope_header header;
    struct ln_buffer *packed;
};

/** seal_to_header's callback: the encapsulated key is known now, so the associated data is. */
static int pack_header(void *context, const struct ln_public_key *encapsulated,
                       struct ln_bytes *out_aad)
{
    struct header_maker *maker = context;
    maker->header.encapsulated = *encapsulated;
    const int error = ln_envelope_header_build(&maker->header, maker->packed);
    *out_aad = ln_buffer_view(maker->packed);
    return error;
}

int ln_envelope_seal(const struct ln_id *federation, const struct ln_name *to, uint64_t epoch,
                     const struct ln_public_key *epoch_key, uint32_t urgency,
                     struct ln_bytes packet, struct ln_buffer *out)
{
    if (packet.size > LN_PACKET_MAX)
        return LN_E_TOO_LARGE;
    AUTO(sealing_wipe) struct sealing sealing = sealing_init();
    struct header_maker maker = {
        .header = {.suite = LN_SUITE,
                   .federation = *federation,
                   .to = *to,
                   .epoch = epoch,
                   .urgency = urgency},
        .packed = &sealing.header,
    };
    ln_key_id_of(LN_USE_EPOCH, epoch_key, &maker.header.epoch_key_id);
    int error = add_info(&maker.header, &sealing.info);
    if (error == 0)
        error = pad(packet, &sealing.plaintext);
    uint8_t *place;
    if (error == 0)
        error = ln_buffer_extend(&sealing.ciphertext,
                                 sealing.plaintext.size + CRYPTO_SEAL_TAG_BYTES, &place);
    if (error == 0)
        error = seal_to_bound(epoch_key, ln_buffer_view(&sealing.info), pack_header, &maker,
                              ln_buffer_view(&sealing.plaintext), place);
    if (error != 0)
        return error;
    const struct ln_envelope envelope = {ln_buffer_view(&sealing.header),
                                         ln_buffer_view(&sealing.ciphertext)};
    return ln_wire_build(&ln_wire_envelope, &envelope, out);
}

static int open_header(struct ln_bytes bytes, struct ln_arena *arena,
                       struct ln_envelope *out_envelope, struct ln_envelope_header *out_header)
{
    struct ln_envelope envelope;
    int error = ln_wire_open(&ln_wire_envelope, bytes, arena, &envelope);
    if (error == 0)
        error = ln_envelope_header_open(envelope.header, arena, out_header);
    if (error == 0)
        *out_envelope = envelope;
    return error;
}

int ln_envelope_peek(struct ln_bytes bytes, struct ln_envelope_header *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(LN_ENVELOPE_MAX + 16384);
    struct ln_envelope envelope;
    return open_header(bytes, &arena, &envelope, out);
}

int ln_envelope_open(struct ln_bytes bytes, const struct ln_id *federation,
                     const struct ln_name *to, const struct ln_unsealer *unsealer,
                     struct ln_buffer *out_packet)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(LN_ENVELOPE_MAX + 16384);
    AUTO(sealing_wipe) struct sealing sealing = sealing_init();
    struct ln_envelope envelope;
    struct ln_envelope_header header;
    int error = open_header(bytes, &arena, &envelope, &header);
    if (error != 0)
        return error;
    if (!ln_id_equal(&header.federation, federation))
        return LN_E_WRONG_FEDERATION;
    if (!ln_name_equal(&header.to, to))
        return LN_E_WRONG_DESTINATION;
    uint8_t *place;
    error = add_info(&header, &sealing.info);
    if (error == 0)
        error = ln_buffer_extend(&sealing.plaintext,
                                 envelope.ciphertext.size - CRYPTO_SEAL_TAG_BYTES, &place);
    if (error == 0)
        error = unsealer->unseal(unsealer->context, &header.epoch_key_id, &header.encapsulated,
                                 ln_buffer_view(&sealing.info), envelope.header,
                                 envelope.ciphertext, place);
    if (error != 0)
        return error == LN_E_ROLE_KEY ? LN_E_UNSEALABLE : error;
    return unpad(ln_buffer_view(&sealing.plaintext), out_packet);
}
