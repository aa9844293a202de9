// Opening and closing of a ring: see ring.h.
#define _GNU_SOURCE
#include "ring.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

// A program that lets nothing pass: what a socket carries until setFilter, so that nothing unfiltered is counted.
static struct sock_filter DROP_ALL[] = {{BPF_RET | BPF_K, 0, 0, 0}};

void ring_release(Ring *ring) {
  if (ring->ring != NULL) munmap(ring->ring, (size_t)ring->block_bytes * ring->block_count);
  if (ring->fd >= 0) close(ring->fd);
  ring->ring = NULL;
  ring->fd = -1;
}

int ring_attach(int fd, const struct sock_fprog *program) {
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, sizeof *program);
}

static int map_ring(Ring *ring, uint32_t retire_ms, const char **syscall) {
  int version = TPACKET_V3;
  struct tpacket_req3 request = {0};
  request.tp_block_size = ring->block_bytes;
  request.tp_block_nr = ring->block_count;
  request.tp_frame_size = FRAME_BYTES;
  request.tp_frame_nr = ring->block_bytes / FRAME_BYTES * ring->block_count;
  request.tp_retire_blk_tov = retire_ms;
  *syscall = "setsockopt(PACKET_VERSION)";
  if (setsockopt(ring->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0) return errno;
  *syscall = "setsockopt(PACKET_RX_RING)";
  if (setsockopt(ring->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0) return errno;
  *syscall = "mmap";
  size_t length = (size_t)ring->block_bytes * ring->block_count;
  void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
  if (memory == MAP_FAILED) return errno;
  ring->ring = memory;
  return 0;
}

// A kernel before 6.0 or so refuses the group with EINVAL while the link is down; that is told apart from a wrong group.
static int join_fanout(const Ring *ring, const Fanout *fanout, const char **syscall) {
  struct ifreq request = {0};
  uint32_t join = (uint32_t)fanout->group | fanout->mode << 16;
  *syscall = "setsockopt(PACKET_FANOUT)";
  if (setsockopt(ring->fd, SOL_PACKET, PACKET_FANOUT, &join, sizeof join) < 0) {
    int error = errno;
    memcpy(request.ifr_name, ring->name, IFNAMSIZ);
    if (error != EINVAL || ioctl(ring->fd, SIOCGIFFLAGS, &request) < 0) return error;
    return request.ifr_flags & IFF_UP ? error : ENETDOWN;
  }
  *syscall = "setsockopt(PACKET_FANOUT_DATA)";
  if (fanout->program.len == 0) return 0;
  const struct sock_fprog *program = &fanout->program;
  return setsockopt(ring->fd, SOL_PACKET, PACKET_FANOUT_DATA, program, sizeof *program) < 0 ? errno : 0;
}

// The socket lets nothing pass, so nothing is counted, until setFilter says what to let pass.
int ring_open(Ring *ring, uint32_t retire_ms, const Fanout *fanout, bool is_promiscuous, int *hardware,
              const char **syscall) {
  struct ifreq request = {0};
  struct sock_fprog drop_all = {1, DROP_ALL};
  *syscall = "socket(AF_PACKET)";
  ring->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (ring->fd < 0) return errno;
  memcpy(request.ifr_name, ring->name, IFNAMSIZ);
  *syscall = "ioctl(SIOCGIFINDEX)";
  if (ioctl(ring->fd, SIOCGIFINDEX, &request) < 0) return errno;
  ring->index = request.ifr_ifindex;
  *syscall = "ioctl(SIOCGIFHWADDR)";
  if (ioctl(ring->fd, SIOCGIFHWADDR, &request) < 0) return errno;
  *hardware = request.ifr_hwaddr.sa_family;
  *syscall = "setsockopt(SO_ATTACH_FILTER)";
  if (ring_attach(ring->fd, &drop_all) < 0) return errno;
  int error = map_ring(ring, retire_ms, syscall);
  if (error != 0) return error;
  struct sockaddr_ll address = {0};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = ring->index;
  *syscall = "bind";
  if (bind(ring->fd, (struct sockaddr *)&address, sizeof address) < 0) return errno;
  if (fanout->group >= 0 && (error = join_fanout(ring, fanout, syscall)) != 0) return error;
  if (is_promiscuous) {
    struct packet_mreq membership = {0};
    membership.mr_ifindex = ring->index;
    membership.mr_type = PACKET_MR_PROMISC;
    *syscall = "setsockopt(PACKET_ADD_MEMBERSHIP)";
    if (setsockopt(ring->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership) < 0) return errno;
  }
  return 0;
}
