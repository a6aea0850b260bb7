#include "model/text/bearer.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

TEST(BearerToken, IsShownByItsSchemeInAnyCase) {
  struct row {
    std::string_view field, token;
  };
  for (const auto& [field, token] : {
           row{"Bearer tk_1", "tk_1"},
           row{"bearer tk_1", "tk_1"},
           row{"BEARER tk_1", "tk_1"},
           row{" bEARER   tk_1 ", "tk_1"},
           row{"Bearer Tk_1", "Tk_1"},  // the token's own letters are its own
           row{"Bearer", ""},
           row{"Bearer ", ""},
           row{"Bearertk_1", ""},
           row{"Bearer\ttk_1", ""},
           row{"Basic tk_1", ""},
           row{"tk_1", ""},
           row{"", ""},
       })
    EXPECT_EQ(bearer_token(field), token) << field;
}

}  // namespace
}  // namespace tonris::model
