#include "model/json/merge_patch.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

struct row {
  const char *document, *patch, *result;
};

/// The examples of RFC 7396, appendix A.
TEST(MergePatch, DoesWhatTheStandardSays) {
  for (const auto& [document, patch, result] : {
           row{R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
           row{R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
           row{R"({"a":"b"})", R"({"a":null})", R"({})"},
           row{R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
           row{R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
           row{R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
           row{R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
           row{R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
           row{R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
           row{R"({"a":"b"})", R"(["c"])", R"(["c"])"},
           row{R"({"a":"foo"})", "null", "null"},
           row{R"({"a":"foo"})", R"("bar")", R"("bar")"},
           row{R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
           row{"[1,2]", R"({"a":"b","c":null})", R"({"a":"b"})"},
           row{"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
       })
    EXPECT_EQ(merge_patch(document, patch, 1000).value(), result) << document << " and " << patch;
}

TEST(MergePatch, RefusesAPatchThatIsNoJsonTooLongOrTooDeep) {
  for (const auto& patch : {std::string{"{"}, std::string{}, std::string(1001, ' '), std::string(200, '[')}) {
    const auto merged = merge_patch("{}", patch, 1000);
    ASSERT_FALSE(merged) << patch;
    EXPECT_FALSE(merged.error().empty());
  }
}

}  // namespace
}  // namespace tonris::model
