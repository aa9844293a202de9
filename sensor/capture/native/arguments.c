// Values from and to JavaScript: see arguments.h.
#include "arguments.h"

#include <string.h>

napi_value mistake(napi_env env, const char *sentence) {
  napi_throw_type_error(env, "ERR_INVALID_ARG_VALUE", sentence);
  return NULL;
}

void set_int(napi_env env, napi_value object, const char *key, int64_t number) {
  napi_value value;
  if (napi_create_int64(env, number, &value) == napi_ok) napi_set_named_property(env, object, key, value);
}

// { errno, syscall }: what the system refused.
napi_value failure(napi_env env, int error, const char *syscall) {
  napi_value object, name;
  if (napi_create_object(env, &object) != napi_ok) return NULL;
  set_int(env, object, "errno", error);
  if (napi_create_string_utf8(env, syscall, NAPI_AUTO_LENGTH, &name) == napi_ok)
    napi_set_named_property(env, object, "syscall", name);
  return object;
}

// All `count` arguments, or false with an exception pending.
bool take_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) == napi_ok && given >= count) return true;
  mistake(env, "too few arguments");
  return false;
}

bool take_uint(napi_env env, napi_value value, uint32_t max, uint32_t *out) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) return false;
  if (!(number >= 0 && number <= max) || number != (double)(uint32_t)number) return false;
  *out = (uint32_t)number;
  return true;
}

// Text of fewer than `room` bytes without a zero byte.
bool take_text(napi_env env, napi_value value, char *out, size_t room, size_t *length) {
  size_t whole;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &whole) != napi_ok || whole >= room) return false;
  if (napi_get_value_string_utf8(env, value, out, room, length) != napi_ok) return false;
  return memchr(out, 0, *length) == NULL;
}

bool take_array(napi_env env, napi_value value, napi_typedarray_type want, void **elements, size_t *length) {
  bool is_array;
  napi_typedarray_type type;
  if (napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array) return false;
  if (napi_get_typedarray_info(env, value, &type, length, elements, NULL, NULL) != napi_ok) return false;
  return type == want && (*elements != NULL || *length == 0);
}
