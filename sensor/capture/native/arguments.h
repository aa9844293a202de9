// What every function of the addon takes and gives: arguments that are looked at before they are used, and the two kinds of error.
//
// A caller's mistake is a thrown TypeError; what the system refuses comes back as { errno, syscall }. The take_... functions are false
// when the value is not what it must be; only take_arguments has thrown then.
#ifndef SONDE_ARGUMENTS_H
#define SONDE_ARGUMENTS_H
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

napi_value mistake(napi_env env, const char *sentence);
napi_value failure(napi_env env, int error, const char *syscall);
void set_int(napi_env env, napi_value object, const char *key, int64_t number);
bool take_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values);
bool take_uint(napi_env env, napi_value value, uint32_t max, uint32_t *out);
bool take_text(napi_env env, napi_value value, char *out, size_t room, size_t *length);
bool take_array(napi_env env, napi_value value, napi_typedarray_type want, void **elements, size_t *length);

#endif
