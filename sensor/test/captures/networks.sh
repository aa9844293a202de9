# Two network namespaces of our own with a link between them, for the scripts beside it: $asks (10.99.0.1, up0) and $answers
# (10.99.0.2, down0), without offloads, so that packets are recorded as a network carries them.
asks=sonde-asks-$$ answers=sonde-answers-$$

make_networks() {
  ip netns add "$asks"; ip netns add "$answers"
  ip -n "$asks" link add up0 type veth peer name down0 netns "$answers"
  ip -n "$asks" addr add 10.99.0.1/24 dev up0; ip -n "$answers" addr add 10.99.0.2/24 dev down0
  ip -n "$asks" link set up0 up; ip -n "$answers" link set down0 up
  ip netns exec "$asks" ethtool -K up0 tso off gso off gro off tx off rx off >/dev/null 2>&1 || true
  ip netns exec "$answers" ethtool -K down0 tso off gso off gro off tx off rx off >/dev/null 2>&1 || true
}

remove_networks() {
  ip netns del "$asks" 2>/dev/null || true; ip netns del "$answers" 2>/dev/null || true
}
