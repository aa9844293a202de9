// One datagram to a local socket: see notify.h.
#define _GNU_SOURCE
#include "notify.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DATAGRAM_BYTES_MAX 4096u

// notify(path, message) -> undefined or { errno, syscall }: one datagram to a local socket; "@name" is an abstract one.
napi_value js_notify(napi_env env, napi_callback_info info) {
  napi_value arg[2];
  struct sockaddr_un address = {0};
  char message[DATAGRAM_BYTES_MAX];
  size_t path_length, message_length;
  if (!take_arguments(env, info, 2, arg)) return NULL;
  if (!take_text(env, arg[0], address.sun_path, sizeof address.sun_path, &path_length) || path_length == 0)
    return mistake(env, "path must be a text of 1 to 107 bytes");
  if (!take_text(env, arg[1], message, sizeof message, &message_length))
    return mistake(env, "message must be a text of fewer than 4,096 bytes");
  address.sun_family = AF_UNIX;
  bool is_abstract = address.sun_path[0] == '@';
  if (is_abstract) address.sun_path[0] = 0;
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_length + (is_abstract ? 0 : 1));
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return failure(env, errno, "socket(AF_UNIX)");
  ssize_t sent = sendto(fd, message, message_length, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address, size);
  int error = errno;
  close(fd);
  return sent < 0 ? failure(env, error, "sendto") : NULL;
}
