#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>

namespace tonris::model {

/// A mistake in a document: where, and what should be there.
struct json_mistake {
  std::string path;  ///< "settings.agents[1].weight"
  std::string message;
};
/// In the order in which they were found; one a path, at most `max_json_mistakes`.
using json_mistakes = std::vector<json_mistake>;
inline constexpr std::size_t max_json_mistakes = 100;

/// What a text may look like.
struct text_rule {
  std::size_t min_bytes = 0;
  std::size_t max_bytes = 0;
  bool (*accepts)(std::string_view text) = nullptr;  ///< nullptr: anything but control characters
  std::string_view must_be;                          ///< the rest of "must be …" when it is refused
};

/// Reads one JSON object by name and notes the mistakes of the whole document. A mistake gives an empty answer, so a
/// reader goes straight on and looks at `mistakes` once, at the end. Borrows the object, the rules and the mistakes.
/// Messages never repeat a value: it may be a secret or a person's number.
class json_fields {
 public:
  json_fields(const rapidjson::Value& object, std::string path, json_mistakes& mistakes);
  json_fields(const json_fields&) = delete;
  json_fields& operator=(const json_fields&) = delete;

  [[nodiscard]] std::optional<std::string> text(std::string_view key, const text_rule& rule);
  [[nodiscard]] std::string required_text(std::string_view key, const text_rule& rule);
  [[nodiscard]] std::optional<bool> flag(std::string_view key);
  [[nodiscard]] std::optional<std::uint32_t> whole(std::string_view key, std::uint32_t least, std::uint32_t most);
  [[nodiscard]] std::optional<double> number(std::string_view key, double least, double most);

  using visit_fields = std::function<void(json_fields& fields)>;
  using visit_value = std::function<void(const rapidjson::Value& value, const std::string& path)>;
  using visit_member = std::function<void(std::string_view name, const rapidjson::Value& value, const std::string&)>;
  /// Calls `read` with the object of that name; keys that `read` did not ask for are refused. Was it there?
  bool object(std::string_view key, const visit_fields& read);
  /// Each item of a list, with its path.
  void list(std::string_view key, std::size_t most, const visit_value& read);
  /// Each member of an object that is a map: its keys are data.
  void map(std::string_view key, std::size_t most, const visit_member& read);
  /// The value as it is, whatever its type; nullptr when absent.
  [[nodiscard]] const rapidjson::Value* any(std::string_view key);

  /// Refuses keys that nobody asked for. Call it last.
  void refuse_unknown();
  void refuse(std::string_view key, std::string message);
  void refuse_object(std::string message);                        ///< the object as a whole
  [[nodiscard]] std::string path_of(std::string_view key) const;  ///< as path_below

 private:
  const rapidjson::Value& object_;
  std::string path_;
  json_mistakes& mistakes_;
  std::set<std::string_view> asked_;
};

/// The path of a key of the object at `path`. The key comes from the document: cut and made printable.
[[nodiscard]] std::string path_below(const std::string& path, std::string_view key);

void note(json_mistakes& mistakes, const std::string& path, std::string message);
/// A text value by a rule, for items of lists and maps.
[[nodiscard]] std::optional<std::string> read_text(const rapidjson::Value& value, const std::string& path,
                                                   const text_rule& rule, json_mistakes& mistakes);

/// Parses hostile text: size first, no recursion, valid UTF-8, nesting up to 32 (so that a walk over the document is
/// safe), numbers of up to 100 characters with exponents of up to 2 digits. True when `document` holds it, else the
/// mistake is noted.
[[nodiscard]] bool parse_document(std::string_view json, std::size_t max_bytes, rapidjson::Document& document,
                                  json_mistakes& mistakes);

}  // namespace tonris::model
