#include "model/json/lines.hpp"

#include <algorithm>
#include <vector>

#include <rapidjson/encodedstream.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "model/json/fields.hpp"

namespace tonris::model {

namespace {

using stream = rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream>;

/// "[2].settings.x" -> "[2].settings" -> "[2]" -> ""
std::string parent_of(const std::string& path) {
  const auto cut = path.find_last_of(".[");
  return cut == std::string::npos ? std::string{} : path.substr(0, cut);
}

/// Follows the parser through the text and notes where the wanted paths begin.
class walker : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, walker> {
 public:
  walker(std::string_view text, const stream& at, std::set<std::string> wanted)
      : text_(text), at_(at), wanted_(std::move(wanted)) {
    open_.push_back({});
  }

  bool Default() {
    take_value();
    return true;
  }
  bool Key(const char* name, rapidjson::SizeType size, bool) {
    open_.back().path = path_below(open_.back().object, {name, size});
    note_line(open_.back().path);
    return true;
  }
  bool StartObject() { return open(false); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool StartArray() { return open(true); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  std::map<std::string, std::size_t> found;

 private:
  struct level {
    std::string object;  ///< the path of what is open
    std::string path;    ///< of its member that comes next, when it is no list
    bool is_list = false;
    std::size_t next = 0;
  };

  std::string take_value() {
    auto& here = open_.back();
    if (!here.is_list) return here.path;
    auto path = here.object;
    path.append(1, '[').append(std::to_string(here.next++)).append(1, ']');
    note_line(path);
    return path;
  }
  bool open(bool list) {
    auto path = take_value();
    open_.push_back({std::move(path), {}, list, 0});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  void note_line(const std::string& path) {
    if (!wanted_.contains(path)) return;
    const auto now = std::min(at_.Tell(), text_.size());
    line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                                 text_.begin() + static_cast<std::ptrdiff_t>(now), '\n'));
    counted_ = now;
    found.emplace(path, line_);
  }

  std::string_view text_;
  const stream& at_;
  std::set<std::string> wanted_;
  std::vector<level> open_;
  std::size_t line_ = 1, counted_ = 0;
};

}  // namespace

std::map<std::string, std::size_t> lines_of(std::string_view json, const std::set<std::string>& paths) {
  std::set<std::string> wanted;
  for (const auto& path : paths)
    for (auto at = path; !at.empty() && wanted.insert(at).second;) at = parent_of(at);
  rapidjson::MemoryStream bytes{json.data(), json.size()};
  stream in{bytes};
  walker handler{json, in, std::move(wanted)};
  rapidjson::Reader reader;
  reader.Parse<rapidjson::kParseIterativeFlag>(in, handler);
  std::map<std::string, std::size_t> lines;
  for (const auto& path : paths) {
    auto at = path;
    while (!at.empty() && !handler.found.contains(at)) at = parent_of(at);
    const auto found = handler.found.find(at);
    lines.emplace(path, found == handler.found.end() ? 1 : found->second);
  }
  return lines;
}

std::size_t line_at(std::string_view text, std::size_t byte) noexcept {
  const auto before = text.substr(0, byte);
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

}  // namespace tonris::model
