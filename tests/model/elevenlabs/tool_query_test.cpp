#include "model/elevenlabs/tool_query.hpp"

#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

TEST(ToolQuery, IsWhatTheAgentAsked) {
  const struct {
    const char *url, *parameters, *whole;
  } rows[] = {
      {"https://crm.example/services", R"({"day":"Tuesday & more","people":2,"late":true,"list":["a"]})",
       "https://crm.example/services?day=Tuesday%20%26%20more&people=2&late=true&list=%5B%22a%22%5D"},
      {"https://crm.example/services?branch=1", R"({"q":"\u00e9"})", "https://crm.example/services?branch=1&q=%C3%A9"},
      {"https://crm.example/", "{}", "https://crm.example/"},
      {"https://crm.example/", "[1]", "https://crm.example/"},
      {"https://crm.example/", R"({"a b":null})", "https://crm.example/?a%20b=null"},
      {"https://crm.example/", R"({"q":"a\r\nX-Evil: 1"})", "https://crm.example/?q=a%0D%0AX-Evil%3A%201"},
  };
  for (const auto& row : rows) {
    std::string url = row.url;
    append_query(row.parameters, url);
    EXPECT_EQ(url, row.whole);
  }
}

}  // namespace
}  // namespace tonris::model::elevenlabs
