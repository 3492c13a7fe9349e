// The hold model of hold.ts on std::priority_queue. Arguments: events held, last cycle.
// Prints CPU seconds and events/check.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <vector>

namespace {

struct Event {
  int64_t time;
  int64_t sequence;
  int32_t index;
};

struct Later {
  bool operator()(const Event &a, const Event &b) const {
    return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
  }
};

uint32_t state = 20261121;

int64_t delay() {
  state = state * 1664525u + 1013904223u;
  return 1 + (state >> 26);
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const int32_t held = std::atoi(argv[1]);
  const int64_t until = std::atoll(argv[2]);
  std::priority_queue<Event, std::vector<Event>, Later> queue;
  int64_t sequence = 0;
  for (int32_t index = 0; index < held; index++) queue.push({delay(), sequence++, index});

  uint32_t check = 0;
  int64_t events = 0;
  const clock_t start = clock();
  while (queue.top().time <= until) {
    const Event event = queue.top();
    queue.pop();
    check = check * 31u + static_cast<uint32_t>(event.index) + static_cast<uint32_t>(event.time);
    events++;
    queue.push({event.time + delay(), sequence++, event.index});
  }
  const double seconds = static_cast<double>(clock() - start) / CLOCKS_PER_SEC;
  std::printf("%.6f %lld/%d\n", seconds, static_cast<long long>(events), static_cast<int32_t>(check));
  return 0;
}
