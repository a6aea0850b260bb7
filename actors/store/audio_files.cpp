#include "actors/store/audio_files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "model/text/hex.hpp"
#include "net/private_file.hpp"
#include "net/random_bytes.hpp"

namespace tonris::actors {

namespace fs = std::filesystem;

bool audio_files::open(const std::vector<std::string>& known) {
  std::error_code failed;
  if (fs::create_directories(directory_, failed)) fs::permissions(directory_, fs::perms::owner_all, failed);
  if (failed) return false;
  for (const auto& entry : fs::directory_iterator{directory_, failed})
    if (std::find(known.begin(), known.end(), entry.path().filename().string()) == known.end())
      fs::remove(entry.path(), failed);
  return !failed;
}

std::uint64_t audio_files::begin() {
  std::array<std::uint8_t, 16> id{};
  net::fill_with_random(id);
  incoming fresh{model::to_hex(id) + ".mp3", nullptr, 0};
  const auto path = path_of(fresh.name);
  if (net::keep_private(path, true)) return 0;
  fresh.file.reset(std::fopen(path.c_str(), "wb"));
  if (!fresh.file) return 0;
  incoming_.emplace(++last_, std::move(fresh));
  return last_;
}

bool audio_files::append(std::uint64_t number, std::string_view bytes) {
  const auto found = incoming_.find(number);
  if (found == incoming_.end()) return false;
  auto& [name, file, so_far] = found->second;
  const bool fits = so_far + bytes.size() <= max_bytes && incoming_bytes_ + bytes.size() <= max_incoming_bytes;
  if (!fits || std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) {
    drop(number);
    return false;
  }
  so_far += bytes.size();
  incoming_bytes_ += bytes.size();
  return true;
}

void audio_files::drop(std::uint64_t number) {
  const auto found = incoming_.find(number);
  if (found == incoming_.end()) return;
  incoming_bytes_ -= found->second.bytes;
  const auto name = std::move(found->second.name);
  incoming_.erase(found);
  remove(name);
}

audio_files::whole audio_files::finish(std::uint64_t number) {
  const auto found = incoming_.find(number);
  if (found == incoming_.end()) return {};
  if (std::fflush(found->second.file.get()) != 0) {
    drop(number);
    return {};
  }
  incoming_bytes_ -= found->second.bytes;
  whole done{std::move(found->second.name), found->second.bytes};
  incoming_.erase(found);
  return done;
}

void audio_files::remove(const std::string& name) const {
  std::error_code failed;
  fs::remove(path_of(name), failed);
}

}  // namespace tonris::actors
