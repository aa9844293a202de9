// One datagram to a service manager (sd_notify(3)), which Node cannot send.
#ifndef SONDE_NOTIFY_H
#define SONDE_NOTIFY_H
#include "arguments.h"

napi_value js_notify(napi_env env, napi_callback_info info);

#endif
