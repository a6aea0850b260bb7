#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <rapidjson/document.h>

namespace tonris::model {

/// The first mistake found in a document: where, and what it should be.
struct json_mistake {
  std::string path;  ///< "settings.agents[1].weight"
  std::string message;
};

/// What a text may look like.
struct text_rule {
  std::size_t min_bytes = 0;
  std::size_t max_bytes = 0;
  bool (*accepts)(std::string_view text) = nullptr;  ///< nullptr: anything but control characters
  std::string_view must_be;                          ///< the rest of "must be …" when it is refused
};

/// Reads one JSON object by name and keeps the first mistake of the whole document. A mistake gives an empty answer, so
/// a reader goes straight on and looks at `mistake` once, at the end. Borrows the object, the rules and the mistake.
/// Messages never repeat a value: it may be a secret or a person's number.
class json_fields {
 public:
  json_fields(const rapidjson::Value& object, std::string path, std::optional<json_mistake>& mistake);
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
  void refuse_object(std::string message);  ///< the object as a whole
  [[nodiscard]] std::string path_of(std::string_view key) const;

 private:
  const rapidjson::Value& object_;
  std::string path_;
  std::optional<json_mistake>& mistake_;
  std::set<std::string_view> asked_;
};

void note(std::optional<json_mistake>& mistake, const std::string& path, std::string message);
/// A text value by a rule, for items of lists and maps.
[[nodiscard]] std::optional<std::string> read_text(const rapidjson::Value& value, const std::string& path,
                                                   const text_rule& rule, std::optional<json_mistake>& mistake);

/// Parses hostile text: size first, no recursion, valid UTF-8, nesting up to 32 (so that a walk over the document is
/// safe). True when `document` holds it, else the mistake is noted.
[[nodiscard]] bool parse_document(std::string_view json, std::size_t max_bytes, rapidjson::Document& document,
                                  std::optional<json_mistake>& mistake);

}  // namespace tonris::model
