#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>
#include <rapidjson/schema.h>

namespace tonris::test {

/// docs/openapi.yaml, which is JSON, and what it says of an answer.
class openapi_file {
 public:
  using value = rapidjson::Value;

  openapi_file();

  struct operation {
    std::string method, path;  ///< "GET", "/api/calls/{CallSid}"
    const value* says = nullptr;
    const value* at = nullptr;  ///< of all the path's operations
    [[nodiscard]] std::string name() const { return method + " " + path; }
  };
  [[nodiscard]] const std::vector<operation>& operations() const noexcept { return operations_; }
  [[nodiscard]] const operation* find(std::string_view name) const;  ///< "GET /api/calls"

  [[nodiscard]] const value& document() const noexcept { return document_; }
  /// What "#/components/…" says; itself where it is no reference.
  [[nodiscard]] const value& behind(const value& maybe_reference) const;
  /// Those of a component, such as the words of an enumeration.
  [[nodiscard]] std::vector<std::string> texts_at(const char* pointer) const;

  /// Of the path's and the operation's own, those in "query", "path" or "header".
  [[nodiscard]] std::vector<const value*> parameters(const operation& of, std::string_view in) const;
  [[nodiscard]] std::vector<unsigned> statuses(const operation& of) const;

  // --- what is not as the file says; "": it all is

  struct answer {
    unsigned status = 0;
    std::string_view head, body;
  };
  [[nodiscard]] std::string objection(const operation& to, const answer& got) const;
  /// The same where a response is named itself.
  [[nodiscard]] std::string objection_to_response(const value& response, const answer& got, bool with_body) const;
  [[nodiscard]] std::string objection_to_request(const operation& of, std::string_view body) const;
  [[nodiscard]] std::string objection_to_content(std::string_view type, const value& media,
                                                 std::string_view body) const;
  [[nodiscard]] std::string objection_to_json(const value& schema, std::string_view json) const;
  [[nodiscard]] std::string objection_to_value(const value& schema, const value& what) const;

 private:
  struct compiled {
    rapidjson::Document whole;  ///< the schema without references
    std::unique_ptr<rapidjson::SchemaDocument> schema;
    std::string unknown;  ///< a keyword that would not be looked at
  };
  const compiled& schema_of(const value& schema) const;
  void expand(const value& from, const value& file, unsigned depth, rapidjson::Document& in, value& to) const;
  const value& target_of(std::string_view reference, const value& file, const value*& of) const;
  [[nodiscard]] std::string objection_to_lines(const value& line, std::string_view body) const;
  [[nodiscard]] std::string objection_to_events(const value& kinds, std::string_view body) const;

  rapidjson::Document document_, tenant_;
  std::vector<operation> operations_;
  mutable std::map<const value*, std::unique_ptr<compiled>> schemas_;
};

/// The body of an answer that came in chunks, as far as it is there.
[[nodiscard]] std::string without_chunks(std::string_view head, std::string_view body);
/// "" where there is none of that name.
[[nodiscard]] std::string header_in(std::string_view head, std::string_view name);

}  // namespace tonris::test
