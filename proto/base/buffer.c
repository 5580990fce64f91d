/*
 * Bounded bytes that wipe themselves. Growth copies into new memory and wipes the old: realloc
 * would leave a copy of what it moved behind.
 */
#include <liaison/error.h>

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CAPACITY_MIN = 256 };

void ln_buffer_wipe(struct ln_buffer *buffer)
{
    ln_release(buffer->data, buffer->capacity);
    *buffer = LN_BUFFER(buffer->size_max);
}

void ln_buffer_clear(struct ln_buffer *buffer)
{
    if (buffer->size > 0)
        sodium_memzero(buffer->data, buffer->size);
    buffer->size = 0;
}

static size_t grown_capacity(const struct ln_buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity > CAPACITY_MIN ? buffer->capacity : CAPACITY_MIN;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : 2 * capacity;
    return capacity < buffer->size_max ? capacity : buffer->size_max;
}

static void grow(struct ln_buffer *buffer, size_t needed)
{
    const size_t capacity = grown_capacity(buffer, needed);
    uint8_t *data = ln_allocate(capacity);
    if (buffer->size > 0)
        memcpy(data, buffer->data, buffer->size);
    ln_release(buffer->data, buffer->capacity);
    buffer->data = data;
    buffer->capacity = capacity;
}

int ln_buffer_extend(struct ln_buffer *buffer, size_t size, uint8_t **out_place)
{
    if (size > buffer->size_max - buffer->size)
        return LN_E_TOO_LARGE;
    if (buffer->data == NULL || size > buffer->capacity - buffer->size)
        grow(buffer, buffer->size + size);
    *out_place = buffer->data + buffer->size;
    buffer->size += size;
    return 0;
}

int ln_buffer_add(struct ln_buffer *buffer, const void *data, size_t size)
{
    uint8_t *place;
    const int error = ln_buffer_extend(buffer, size, &place);
    if (error == 0 && size > 0)
        memcpy(place, data, size);
    return error;
}

int ln_buffer_add_bytes(struct ln_buffer *buffer, struct ln_bytes bytes)
{
    return ln_buffer_add(buffer, bytes.data, bytes.size);
}

int ln_buffer_add_text(struct ln_buffer *buffer, const char *text)
{
    return ln_buffer_add(buffer, text, strlen(text));
}

int ln_buffer_add_u32(struct ln_buffer *buffer, uint32_t value)
{
    uint8_t bytes[4];
    ln_put_u32(bytes, value);
    return ln_buffer_add(buffer, bytes, sizeof bytes);
}

int ln_buffer_add_u64(struct ln_buffer *buffer, uint64_t value)
{
    uint8_t bytes[8];
    ln_put_u64(bytes, value);
    return ln_buffer_add(buffer, bytes, sizeof bytes);
}

int ln_buffer_add_zeros(struct ln_buffer *buffer, size_t count)
{
    uint8_t *place;
    const int error = ln_buffer_extend(buffer, count, &place);
    if (error == 0 && count > 0)
        memset(place, 0, count);
    return error;
}

int ln_buffer_format(struct ln_buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    uint8_t *place;
    int error = length < 0 ? LN_E_SYSTEM : ln_buffer_extend(buffer, (size_t)length + 1, &place);
    if (error == 0) {
        vsnprintf((char *)place, (size_t)length + 1, format, again);
        buffer->size--; /* the NUL is not counted */
    }
    va_end(again);
    return error;
}
