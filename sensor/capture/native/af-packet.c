// Live capture on Linux: one AF_PACKET socket with a TPACKET_V3 ring.
//
//   kernel --packets--> | block | block | block | ... |   ring of blockCount blocks, shared with the kernel
//                           |
//                         next: one memcpy into the caller's slab, columns filled, the block given back at once
//
// In:  an interface name, the ring's geometry, classic BPF programs, typed arrays to fill.
// Out: packets as offsets into the slab, statistics, the state of the link. Nothing here waits or keeps a thread.
// Given up: sending, hardware time stamps, link types (af-packet.ts knows which ones are read).
//
// Two kinds of error. A caller's mistake (a wrong type, a closed handle, a short column) is a thrown TypeError. What the
// system refuses comes back as { errno, syscall }. Kernel interface: Documentation/networking/packet_mmap.rst, packet(7).
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arguments.h"
#include "notify.h"
#include "ring.h"

#ifndef SOURCE_SHA256
#error "built by build.sh, which states the hash of the sources"
#endif

#define RING_BYTES_MAX (1024u * 1024 * 1024)
#define BLOCK_COUNT_MAX 65536u

static const napi_type_tag RING_TAG = {0x5c1f0e6ab7d94e13ull, 0x9a2d4f80c36b7e51ull};

// ---- values from JavaScript

// A classic BPF program: 1 to 4,096 instructions of 8 bytes. Whether they make sense is for the kernel to say. The
// instructions are copied, because a buffer need not be aligned.
static bool take_program(napi_env env, napi_value value, struct sock_fprog *program, struct sock_filter *room) {
  void *bytes;
  size_t length;
  if (!take_array(env, value, napi_uint8_array, &bytes, &length)) return false;
  if (length == 0 || length % sizeof(struct sock_filter) != 0 || length > BPF_MAXINSNS * sizeof(struct sock_filter))
    return false;
  memcpy(room, bytes, length);
  program->len = (unsigned short)(length / sizeof(struct sock_filter));
  program->filter = room;
  return true;
}

static Ring *take_ring(napi_env env, napi_value value) {
  napi_valuetype type;
  bool is_ring = false;
  void *ring = NULL;
  if (napi_typeof(env, value, &type) == napi_ok && type == napi_object &&
      napi_check_object_type_tag(env, value, &RING_TAG, &is_ring) == napi_ok && is_ring &&
      napi_unwrap(env, value, &ring) == napi_ok && ((Ring *)ring)->fd >= 0)
    return ring;
  mistake(env, "the first argument must be an open handle");
  return NULL;
}

// ---- open and close

static void finalize(napi_env env, void *ring, void *hint) {
  (void)env;
  (void)hint;
  ring_release(ring);
  free(ring);
}

// null, or the group's number, its mode and flags (0 hash, 6 classic BPF; 0x8000 reassembles IPv4 first), its program.
static bool take_fanout(napi_env env, napi_value group, napi_value mode, napi_value program, Fanout *fanout,
                        struct sock_filter *room) {
  napi_valuetype type;
  uint32_t number;
  fanout->group = -1;
  fanout->mode = 0;
  fanout->program.len = 0;
  if (napi_typeof(env, group, &type) != napi_ok) return false;
  if (type == napi_null) return true;
  if (!take_uint(env, group, 0xffff, &number) || !take_uint(env, mode, 0xffff, &fanout->mode)) return false;
  fanout->group = (int)number;
  uint32_t algorithm = fanout->mode & ~(uint32_t)PACKET_FANOUT_FLAG_DEFRAG;
  if (algorithm == PACKET_FANOUT_HASH) return napi_typeof(env, program, &type) == napi_ok && type == napi_null;
  return algorithm == PACKET_FANOUT_CBPF && take_program(env, program, &fanout->program, room);
}

// open(name, blockBytes, blockCount, retireMs, isPromiscuous, fanoutGroup, fanoutMode, fanoutProgram)
// -> { handle, index, hardware } or { errno, syscall }
static napi_value js_open(napi_env env, napi_callback_info info) {
  napi_value arg[8], result, handle;
  struct sock_filter fanout_room[BPF_MAXINSNS];
  Fanout fanout;
  uint32_t retire_ms;
  bool is_promiscuous;
  size_t name_length;
  Ring shape = {.fd = -1};
  if (!take_arguments(env, info, 8, arg)) return NULL;
  if (!take_text(env, arg[0], shape.name, IFNAMSIZ, &name_length) || name_length == 0)
    return mistake(env, "name must be a text of 1 to 15 bytes");
  if (!take_uint(env, arg[1], RING_BYTES_MAX, &shape.block_bytes) || shape.block_bytes < FRAME_BYTES ||
      !take_uint(env, arg[2], BLOCK_COUNT_MAX, &shape.block_count) || shape.block_count == 0 ||
      (uint64_t)shape.block_bytes * shape.block_count > RING_BYTES_MAX)
    return mistake(env, "the ring must have 1 block of 2,048 bytes or more, and 1 GiB at most");
  if (!take_uint(env, arg[3], 60000, &retire_ms) || retire_ms == 0)
    return mistake(env, "retireMs must be 1 to 60,000");
  if (napi_get_value_bool(env, arg[4], &is_promiscuous) != napi_ok) return mistake(env, "isPromiscuous must be boolean");
  if (!take_fanout(env, arg[5], arg[6], arg[7], &fanout, fanout_room))
    return mistake(env, "fanout must be null, or a group up to 65,535, a mode and the program that the mode needs");

  Ring *ring = malloc(sizeof *ring);
  if (ring == NULL) return failure(env, ENOMEM, "malloc");
  *ring = shape;
  int hardware = 0;
  const char *syscall = "";
  int error = ring_open(ring, retire_ms, &fanout, is_promiscuous, &hardware, &syscall);
  if (error != 0) {
    finalize(env, ring, NULL);
    return failure(env, error, syscall);
  }
  if (napi_create_object(env, &handle) != napi_ok || napi_wrap(env, handle, ring, finalize, NULL, NULL) != napi_ok) {
    finalize(env, ring, NULL);
    return NULL;
  }
  if (napi_type_tag_object(env, handle, &RING_TAG) != napi_ok || napi_create_object(env, &result) != napi_ok ||
      napi_set_named_property(env, result, "handle", handle) != napi_ok)
    return NULL;
  set_int(env, result, "index", ring->index);
  set_int(env, result, "hardware", hardware);
  return result;
}

// close(handle): what the ring still holds is gone; read the statistics before.
static napi_value js_close(napi_env env, napi_callback_info info) {
  napi_value arg[1];
  if (!take_arguments(env, info, 1, arg)) return NULL;
  Ring *ring = take_ring(env, arg[0]);
  if (ring != NULL) ring_release(ring);
  return NULL;
}

// ---- packets

typedef struct {
  uint8_t *slab;
  size_t slab_bytes;
  uint32_t slab_offset;
  int32_t *start;
  int32_t *captured;
  int32_t *wire;
  double *time_us;
  int32_t *vlan;
  // Packets that the shortest column holds.
  size_t room;
} Columns;

static bool take_columns(napi_env env, napi_value *arg, Columns *columns) {
  static const napi_typedarray_type TYPES[] = {napi_int32_array, napi_int32_array, napi_int32_array, napi_float64_array,
                                               napi_int32_array};
  void *elements[5];
  columns->room = SIZE_MAX;
  if (!take_array(env, arg[0], napi_uint8_array, (void **)&columns->slab, &columns->slab_bytes)) return false;
  if (columns->slab_bytes > INT32_MAX || !take_uint(env, arg[1], INT32_MAX, &columns->slab_offset)) return false;
  for (int i = 0; i < 5; i++) {
    size_t length;
    if (!take_array(env, arg[2 + i], TYPES[i], &elements[i], &length)) return false;
    if (length < columns->room) columns->room = length;
  }
  columns->start = elements[0];
  columns->captured = elements[1];
  columns->wire = elements[2];
  columns->time_us = elements[3];
  columns->vlan = elements[4];
  return true;
}

// Copies a block and describes its packets. The kernel is trusted to fill blocks, not to keep this process from reading
// beyond one: offsets are checked against the bytes that were copied.
static uint32_t read_block(const struct tpacket_hdr_v1 *head, const uint8_t *block, uint32_t block_bytes,
                           const Columns *to) {
  uint32_t used = head->blk_len < block_bytes ? head->blk_len : block_bytes;
  memcpy(to->slab + to->slab_offset, block, used);
  uint64_t at = head->offset_to_first_pkt;
  uint32_t count = 0;
  while (count < head->num_pkts && at + sizeof(struct tpacket3_hdr) <= used) {
    const struct tpacket3_hdr *packet = (const struct tpacket3_hdr *)(block + at);
    uint64_t start = at + packet->tp_mac;
    uint64_t captured = start + packet->tp_snaplen <= used ? packet->tp_snaplen : 0;
    to->start[count] = (int32_t)(to->slab_offset + (captured == 0 ? 0 : start));
    to->captured[count] = (int32_t)captured;
    to->wire[count] = packet->tp_len > INT32_MAX ? INT32_MAX : (int32_t)packet->tp_len;
    to->time_us[count] = (double)packet->tp_sec * 1e6 + packet->tp_nsec / 1000;
    to->vlan[count] = packet->tp_status & TP_STATUS_VLAN_VALID ? (int32_t)(packet->hv1.tp_vlan_tci & 0xffff) : -1;
    count++;
    if (packet->tp_next_offset == 0) break;
    at += packet->tp_next_offset;
  }
  return count;
}

// next(handle, slab, slabOffset, start, captured, wire, timeUs, vlan) -> packets of one block, 0 when none is ready.
// The slab needs blockBytes from slabOffset on; each column an element for each packet of the block.
static napi_value js_next(napi_env env, napi_callback_info info) {
  napi_value arg[8], result;
  Columns columns;
  if (!take_arguments(env, info, 8, arg)) return NULL;
  Ring *ring = take_ring(env, arg[0]);
  if (ring == NULL) return NULL;
  if (!take_columns(env, arg + 1, &columns)) return mistake(env, "slab and columns must be typed arrays of their kind");
  if (columns.slab_offset + (uint64_t)ring->block_bytes > columns.slab_bytes)
    return mistake(env, "the slab must hold a block from slabOffset on");
  uint32_t count = 0;
  for (uint32_t turn = 0; turn < ring->block_count && count == 0; turn++) {
    uint8_t *block = ring->ring + (size_t)ring->block * ring->block_bytes;
    struct tpacket_hdr_v1 *head = &((struct tpacket_block_desc *)block)->hdr.bh1;
    if (!(__atomic_load_n(&head->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) break;
    if (head->num_pkts > columns.room) return mistake(env, "the columns are too short for the packets of a block");
    count = read_block(head, block, ring->block_bytes, &columns);
    __atomic_store_n(&head->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    ring->block = (ring->block + 1) % ring->block_count;
  }
  ring->delivered += count;
  return napi_create_uint32(env, count, &result) == napi_ok ? result : NULL;
}

// ---- what the kernel says

// stats(handle, out: Float64Array(4)) -> undefined or { errno, syscall }. Sums since open: packets offered (those dropped
// included), packets dropped, times the ring was found full, packets that next handed out.
static napi_value js_stats(napi_env env, napi_callback_info info) {
  napi_value arg[2];
  void *out;
  size_t length;
  struct tpacket_stats_v3 stats = {0};
  socklen_t size = sizeof stats;
  if (!take_arguments(env, info, 2, arg)) return NULL;
  Ring *ring = take_ring(env, arg[0]);
  if (ring == NULL) return NULL;
  if (!take_array(env, arg[1], napi_float64_array, &out, &length) || length < 4)
    return mistake(env, "out must be a Float64Array of 4");
  if (getsockopt(ring->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) < 0)
    return failure(env, errno, "getsockopt(PACKET_STATISTICS)");
  ring->packets += stats.tp_packets;
  ring->drops += stats.tp_drops;
  ring->freezes += stats.tp_freeze_q_cnt;
  double *sums = out;
  sums[0] = ring->packets;
  sums[1] = ring->drops;
  sums[2] = ring->freezes;
  sums[3] = ring->delivered;
  return NULL;
}

// state(handle, out: Int32Array(4)): the error waiting on the socket (ENETDOWN when the link went down since the last
// look; looking clears it), the index of the interface that the socket hangs on (0 or less when that is gone) and its
// flags (IFF_UP 1, IFF_RUNNING 64), the index of the interface that bears the name now (0 for none).
static napi_value js_state(napi_env env, napi_callback_info info) {
  napi_value arg[2];
  void *elements;
  size_t length;
  if (!take_arguments(env, info, 2, arg)) return NULL;
  Ring *ring = take_ring(env, arg[0]);
  if (ring == NULL) return NULL;
  if (!take_array(env, arg[1], napi_int32_array, &elements, &length) || length < 4)
    return mistake(env, "out must be an Int32Array of 4");
  int error = 0;
  socklen_t size = sizeof error;
  struct sockaddr_ll address = {0};
  struct ifreq request = {0};
  if (getsockopt(ring->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) error = errno;
  size = sizeof address;
  if (getsockname(ring->fd, (struct sockaddr *)&address, &size) < 0) address.sll_ifindex = 0;
  int flags = 0;
  request.ifr_ifindex = address.sll_ifindex;
  if (address.sll_ifindex > 0 && ioctl(ring->fd, SIOCGIFNAME, &request) == 0 &&
      ioctl(ring->fd, SIOCGIFFLAGS, &request) == 0)
    flags = (unsigned short)request.ifr_flags;
  memcpy(request.ifr_name, ring->name, IFNAMSIZ);
  int named = ioctl(ring->fd, SIOCGIFINDEX, &request) < 0 ? 0 : request.ifr_ifindex;
  int32_t *out = elements;
  out[0] = error;
  out[1] = address.sll_ifindex;
  out[2] = flags;
  out[3] = named;
  return NULL;
}

// setFilter(handle, program) -> undefined or { errno, syscall }
static napi_value js_set_filter(napi_env env, napi_callback_info info) {
  napi_value arg[2];
  struct sock_filter room[BPF_MAXINSNS];
  struct sock_fprog program;
  if (!take_arguments(env, info, 2, arg)) return NULL;
  Ring *ring = take_ring(env, arg[0]);
  if (ring == NULL) return NULL;
  if (!take_program(env, arg[1], &program, room)) return mistake(env, "filter must be 1 to 4,096 instructions");
  return ring_attach(ring->fd, &program) < 0 ? failure(env, errno, "setsockopt(SO_ATTACH_FILTER)") : NULL;
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback call;
  } FUNCTIONS[] = {{"open", js_open},   {"close", js_close}, {"next", js_next},           {"stats", js_stats},
                   {"state", js_state}, {"notify", js_notify}, {"setFilter", js_set_filter}};
  napi_value value;
  for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++) {
    if (napi_create_function(env, FUNCTIONS[i].name, NAPI_AUTO_LENGTH, FUNCTIONS[i].call, NULL, &value) != napi_ok ||
        napi_set_named_property(env, exports, FUNCTIONS[i].name, value) != napi_ok)
      return NULL;
  }
  // The hash of the source that this was built from: a test compares it, so that a stale build does not pass.
  if (napi_create_string_utf8(env, SOURCE_SHA256, NAPI_AUTO_LENGTH, &value) != napi_ok ||
      napi_set_named_property(env, exports, "source", value) != napi_ok)
    return NULL;
  return exports;
}
