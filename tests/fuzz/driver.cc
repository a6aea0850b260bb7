// Drives a fuzz target without libFuzzer: replays every file of the corpus, then mutates them until the time is up.
//
//   x_fuzz [--seconds N] [--seed N] CORPUS...     each CORPUS a file or a folder of files
//
// Ends with 0 and prints how often the target ran; with 2 on a wrong argument or an unreadable file. A crash, an abort
// (a broken law) or a run of more than 20 s saves the input in the temporary folder, prints where, and dies.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
/// Read by the sanitizers' own start-up code, where there is any: what they find is to end in a signal, which we catch.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "abort_on_error=1";
}
extern "C" __attribute__((visibility("default"))) const char* __ubsan_default_options() {
  return "abort_on_error=1:print_stacktrace=1";
}

namespace {

constexpr std::size_t max_input_bytes = 128 * 1024;
constexpr unsigned max_seconds_per_input = 20;

using input = std::vector<std::uint8_t>;

// --- what is left behind when a run dies: set before it, written by a signal handler, so plain memory only
const std::uint8_t* current_bytes = nullptr;
std::size_t current_size = 0;
char artifact_path[512];
volatile std::sig_atomic_t saved = 0;

void say(const char* text, std::size_t size) {
  [[maybe_unused]] const auto done = ::write(STDERR_FILENO, text, size);
}
void say(const char* text) {
  say(text, std::strlen(text));
}

void say_hex_head() {
  for (std::size_t i = 0; i < std::min<std::size_t>(current_size, 64); ++i) {
    const char pair[2] = {"0123456789abcdef"[current_bytes[i] >> 4], "0123456789abcdef"[current_bytes[i] & 15]};
    say(pair, sizeof pair);
  }
  say(current_size > 64 ? "...\n" : "\n");
}

void save_current() {
  if (saved != 0 || current_bytes == nullptr) return;
  saved = 1;
  const int file = ::open(artifact_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const bool good = file >= 0 && ::write(file, current_bytes, current_size) == static_cast<ssize_t>(current_size);
  if (file >= 0) ::close(file);
  say(good ? "\nfailing input saved: " : "\nfailing input could not be saved: ");
  say(artifact_path);
  say("\nits head: ");
  say_hex_head();
}

extern "C" void on_death(int signal_number) {
  if (signal_number == SIGALRM) say("\none input took too long");
  save_current();
  const int last = signal_number == SIGALRM ? SIGABRT : signal_number;
  std::signal(last, SIG_DFL);
  std::raise(last);
}

void watch_for_death(std::uint64_t seed) {
  const auto name = "fuzz-failure-" + std::to_string(::getpid()) + "-" + std::to_string(seed);
  const auto path = (std::filesystem::temp_directory_path() / name).string();
  std::snprintf(artifact_path, sizeof artifact_path, "%s", path.c_str());
  for (const int s : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM}) std::signal(s, on_death);
}

void run(const input& in) {
  static std::uint8_t nothing = 0;
  current_bytes = in.empty() ? &nothing : in.data();
  current_size = in.size();
  ::alarm(max_seconds_per_input);
  LLVMFuzzerTestOneInput(current_bytes, current_size);
}

/// Makes new inputs of the corpus: same corpus and same seed, same inputs.
class mutator {
 public:
  mutator(std::uint64_t seed, const std::vector<input>& corpus) : random_(seed), corpus_(corpus) {}

  [[nodiscard]] input next() {
    input in = some_seed();
    for (auto n = 1 + below(1 + below(8)); n > 0; --n) change(in);
    if (in.size() > max_input_bytes) in.resize(max_input_bytes);
    return in;
  }

 private:
  struct piece {
    std::size_t at, size;
  };

  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random_() % n); }
  const input& some_seed() { return corpus_[below(corpus_.size())]; }
  piece some_piece(const input& of) {
    const auto at = below(of.size() + 1);
    const auto most = of.size() - at;
    return {at, below(below(2) == 0 ? std::min<std::size_t>(most, 16) + 1 : most + 1)};
  }
  static auto place(input& in, std::size_t at) { return in.begin() + static_cast<std::ptrdiff_t>(at); }

  void change(input& in) {
    switch (below(9)) {
      case 0: return flip_bit(in);
      case 1: return set_byte(in);
      case 2: return insert_bytes(in);
      case 3: return insert_mark(in);
      case 4: return in.resize(below(in.size() + 1));
      case 5: return copy_piece(in, input(in));
      case 6: return copy_piece(in, some_seed());
      case 7: return remove_piece(in);
      default: return repeat_piece(in);
    }
  }

  void flip_bit(input& in) {
    if (!in.empty()) in[below(in.size())] ^= static_cast<std::uint8_t>(1U << below(8));
  }
  void set_byte(input& in) {
    if (!in.empty()) in[below(in.size())] = static_cast<std::uint8_t>(random_());
  }
  void insert_byte(input& in, std::uint8_t byte) { in.insert(place(in, below(in.size() + 1)), byte); }
  void insert_bytes(input& in) {
    for (auto n = 1 + below(4); n > 0; --n) insert_byte(in, static_cast<std::uint8_t>(random_()));
  }
  /// What means something in JSON, forms, headers, XML and numbers.
  void insert_mark(input& in) {
    static constexpr std::string_view marks = "{}[]\",:\\&=%+<>;/?#.-_ \r\n\t0123456789eEuU'";
    insert_byte(in, static_cast<std::uint8_t>(marks[below(marks.size())]));
  }
  void copy_piece(input& in, const input& from) {
    const auto p = some_piece(from);
    const auto begin = from.begin() + static_cast<std::ptrdiff_t>(p.at);
    in.insert(place(in, below(in.size() + 1)), begin, begin + static_cast<std::ptrdiff_t>(p.size));
  }
  void remove_piece(input& in) {
    const auto p = some_piece(in);
    in.erase(place(in, p.at), place(in, p.at + p.size));
  }
  void repeat_piece(input& in) {
    const auto p = some_piece(in);
    const input copy(place(in, p.at), place(in, p.at + p.size));
    for (auto n = below(64); n > 0 && in.size() < max_input_bytes; --n)
      in.insert(place(in, p.at), copy.begin(), copy.end());
  }

  std::mt19937_64 random_;
  const std::vector<input>& corpus_;
};

struct options {
  unsigned seconds = 0;
  std::uint64_t seed = 1;
  std::vector<std::filesystem::path> corpora;
};

template <class Number>
bool read_number(const char* text, Number& to) {
  if (text == nullptr) return false;
  const auto* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, to);
  return error == std::errc{} && stop == end;
}

std::optional<options> read_options(int count, char** arguments) {
  options found;
  for (int i = 1; i < count; ++i) {
    const std::string_view text = arguments[i];
    if (text == "--seconds" || text == "--seed") {
      const char* const number = ++i < count ? arguments[i] : nullptr;
      if (!(text == "--seed" ? read_number(number, found.seed) : read_number(number, found.seconds)))
        return std::nullopt;
    } else if (text.starts_with('-')) {
      return std::nullopt;
    } else {
      found.corpora.emplace_back(text);
    }
  }
  return found;
}

bool read_file(const std::filesystem::path& path, std::vector<input>& to) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  to.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  return !file.bad();
}

/// All files, sorted by name, so that a seed means the same run on every machine.
bool read_corpus(const std::filesystem::path& path, std::vector<input>& to) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return read_file(path, to);
  std::vector<std::filesystem::path> files;
  for (std::filesystem::recursive_directory_iterator it(path, error), end; !error && it != end; it.increment(error))
    if (it->is_regular_file(error)) files.push_back(it->path());
  std::sort(files.begin(), files.end());
  return !error && std::all_of(files.begin(), files.end(), [&](const auto& file) { return read_file(file, to); });
}

std::uint64_t mutate_for(std::chrono::seconds time, std::uint64_t seed, const std::vector<input>& corpus) {
  const auto until = std::chrono::steady_clock::now() + time;
  mutator mutate(seed, corpus);
  std::uint64_t runs = 0;
  for (; std::chrono::steady_clock::now() < until; ++runs) run(mutate.next());
  return runs;
}

}  // namespace

int main(int count, char** arguments) {
  const auto wanted = read_options(count, arguments);
  if (!wanted) {
    std::fprintf(stderr, "usage: %s [--seconds N] [--seed N] CORPUS...\n", arguments[0]);
    return 2;
  }
  std::vector<input> corpus;
  for (const auto& path : wanted->corpora) {
    if (!read_corpus(path, corpus)) {
      std::fprintf(stderr, "cannot read %s\n", path.string().c_str());
      return 2;
    }
  }
  watch_for_death(wanted->seed);
  for (const auto& in : corpus) run(in);
  const auto replayed = corpus.size();
  if (corpus.empty()) corpus.emplace_back();
  const auto runs = mutate_for(std::chrono::seconds(wanted->seconds), wanted->seed, corpus);
  ::alarm(0);
  std::printf("%zu files replayed, %llu mutations run, seed %llu\n", replayed, static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(wanted->seed));
  return 0;
}
