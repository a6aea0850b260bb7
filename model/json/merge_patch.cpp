#include "model/json/merge_patch.hpp"

#include "model/json/lookup.hpp"

namespace tonris::model {

namespace {

using allocator = rapidjson::Document::AllocatorType;

/// As deep as parse_document lets a document be.
void merge(rapidjson::Value& target, const rapidjson::Value& patch, allocator& memory) {
  if (!patch.IsObject()) {
    target.CopyFrom(patch, memory);
    return;
  }
  if (!target.IsObject()) target.SetObject();
  for (const auto& member : patch.GetObject()) {
    const auto found = target.FindMember(member.name);
    if (member.value.IsNull()) {
      if (found != target.MemberEnd()) target.EraseMember(found);
    } else if (found != target.MemberEnd()) {
      merge(found->value, member.value, memory);
    } else {
      rapidjson::Value added;
      merge(added, member.value, memory);  // which leaves out what is null in it
      target.AddMember(rapidjson::Value{member.name, memory}, added, memory);
    }
  }
}

}  // namespace

tl::expected<std::string, json_mistakes> merge_patch(std::string_view document, std::string_view patch,
                                                     std::size_t max_bytes) {
  json_mistakes mistakes;
  rapidjson::Document target, changes;
  if (!parse_document(patch, max_bytes, changes, mistakes) || !parse_document(document, max_bytes, target, mistakes))
    return tl::unexpected(std::move(mistakes));
  merge(target, changes, target.GetAllocator());
  return json_text(target);
}

}  // namespace tonris::model
