// The shared-ADC model of shared-adc-model.ts, sample by sample, on std::priority_queue. Argument: reads per crossbar.
// Prints CPU seconds and cycles/reads/waits/order.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <vector>

namespace {

constexpr int kCrossbars = 1024;
constexpr int kSharedBy = 8;
constexpr int kAdcs = kCrossbars / kSharedBy;
constexpr int kSamples = 8;

enum Kind : int32_t { kReadEnds, kConversionEnds, kCodeLeaves };

struct Event {
  int64_t time;
  int64_t sequence;
  Kind kind;
  int32_t index;  // crossbar, or ADC for kConversionEnds
};

struct Later {
  bool operator()(const Event &a, const Event &b) const {
    return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
  }
};

struct Adc {
  std::array<int32_t, kSharedBy> crossbar;
  std::array<int64_t, kSharedBy> read_end;
  int first = 0;
  int length = 0;
  int left = kSamples;
  int64_t reads = 0;
  int64_t waits = 0;
  uint32_t order = 0;

  void push(int32_t asking, int64_t now) {
    int at = length++;
    for (; at > 0; at--) {
      const int before = (first + at - 1) % kSharedBy;
      if (read_end[before] < now || crossbar[before] < asking) break;
      read_end[(before + 1) % kSharedBy] = read_end[before];
      crossbar[(before + 1) % kSharedBy] = crossbar[before];
    }
    read_end[(first + at) % kSharedBy] = now;
    crossbar[(first + at) % kSharedBy] = asking;
  }

  int32_t convert(int64_t now) {
    const int32_t served = crossbar[first];
    if (left == kSamples) {
      reads++;
      order = order * 31u + static_cast<uint32_t>(served);
    }
    waits += now - 1 - read_end[first];
    if (--left == 0) {
      left = kSamples;
      first = (first + 1) % kSharedBy;
      length--;
    }
    return served;
  }
};

class Machine {
 public:
  explicit Machine(int reads) : reads_left_(kCrossbars, reads), codes_left_(kCrossbars, kSamples) {
    for (int c = 0; c < kCrossbars; c++) duration_state_.push_back(static_cast<uint32_t>(c) * 0x9e3779b9u);
    for (int c = 0; c < kCrossbars; c++) start_read(c);
  }

  void run() {
    while (!queue_.empty()) {
      const Event event = queue_.top();
      queue_.pop();
      now_ = event.time;
      switch (event.kind) {
        case kReadEnds: {
          const int32_t a = event.index / kSharedBy;
          if (adcs_[a].length == 0) post(1, kConversionEnds, a);
          adcs_[a].push(event.index, now_);
          break;
        }
        case kConversionEnds: {
          Adc &adc = adcs_[event.index];
          post(1, kCodeLeaves, adc.convert(now_));
          if (adc.length > 0) post(1, kConversionEnds, event.index);
          break;
        }
        case kCodeLeaves:
          if (--codes_left_[event.index] == 0) {
            codes_left_[event.index] = kSamples;
            start_read(event.index);
          }
      }
    }
  }

  void print(double seconds) const {
    int64_t reads = 0;
    int64_t waits = 0;
    uint32_t order = 0;
    for (const Adc &adc : adcs_) {
      reads += adc.reads;
      waits += adc.waits;
      order = order * 31u + adc.order;
    }
    std::printf("%.6f %lld/%lld/%lld/%d\n", seconds, static_cast<long long>(now_), static_cast<long long>(reads),
                static_cast<long long>(waits), static_cast<int32_t>(order));
  }

 private:
  void post(int64_t delay, Kind kind, int32_t index) { queue_.push({now_ + delay, sequence_++, kind, index}); }

  void start_read(int32_t c) {
    if (reads_left_[c]-- <= 0) return;
    duration_state_[c] = duration_state_[c] * 1664525u + 1013904223u;
    post(1 + (duration_state_[c] >> 28), kReadEnds, c);
  }

  std::priority_queue<Event, std::vector<Event>, Later> queue_;
  std::array<Adc, kAdcs> adcs_;
  std::vector<int> reads_left_;
  std::vector<int> codes_left_;
  std::vector<uint32_t> duration_state_;
  int64_t now_ = 0;
  int64_t sequence_ = 0;
};

}  // namespace

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  Machine machine(std::atoi(argv[1]));
  const clock_t start = clock();
  machine.run();
  machine.print(static_cast<double>(clock() - start) / CLOCKS_PER_SEC);
  return 0;
}
