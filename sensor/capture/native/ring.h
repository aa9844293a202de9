// One AF_PACKET socket with its TPACKET_V3 ring, as the kernel has it. Kernel interface: Documentation/networking/packet_mmap.rst, packet(7).
#ifndef SONDE_RING_H
#define SONDE_RING_H
#include <linux/filter.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

// Bytes of the kernel's slots in a block, the alignment of the ring's geometry only: packets in a block lie back to back.
#define FRAME_BYTES 2048u

typedef struct {
  int fd;
  int index;
  char name[IFNAMSIZ];
  uint8_t *ring;
  uint32_t block_bytes;
  uint32_t block_count;
  // The block to look at next.
  uint32_t block;
  // Sums since the socket was opened; the kernel's own counters start anew with each reading of them.
  double packets;
  double drops;
  double freezes;
  double delivered;
} Ring;

typedef struct {
  // -1: none.
  int group;
  uint32_t mode;
  struct sock_fprog program;
} Fanout;

// Names, sizes and counts are set, fd is -1. 0, or an errno with the call that gave it; ring_release then gives back what there is.
int ring_open(Ring *ring, uint32_t retire_ms, const Fanout *fanout, bool is_promiscuous, int *hardware,
              const char **syscall);
int ring_attach(int fd, const struct sock_fprog *program);
void ring_release(Ring *ring);

#endif
