#include "model/doctor/seen_request.hpp"

#include <gtest/gtest.h>

namespace tonris::model::doctor {
namespace {

TEST(SeenRequest, IsReadAsItIsWritten) {
  seen_request seen;
  seen.version = "0.1.0";
  seen.public_origin = "https://gw.example.com";
  seen.expected_url = "https://gw.example.com/api/webhooks/doctor/echo?a=%27";
  seen.method = "POST";
  seen.target = "/api/webhooks/doctor/echo?a=%27";
  seen.host = "inner:3000";
  seen.content_type = "application/x-www-form-urlencoded";
  seen.forwarded_host = "gw.example.com";
  seen.forwarded_proto = "https";
  seen.peer = "10.0.0.2";
  seen.peer_is_trusted = true;
  seen.has_signature = seen.signature_holds = true;
  seen.has_callback_secret = true;
  seen.body_bytes = 17;
  seen.body_sha256 = "00ff";
  seen.unix_ms = 1'700'000'000'123;
  EXPECT_EQ(parse_seen_request(to_json(seen)), seen);
}

TEST(SeenRequest, IsNothingElse) {
  for (const auto* text : {"", "[]", "{}", "<html>", R"({"error":{"code":"not_found","message":"x"}})"})
    EXPECT_EQ(parse_seen_request(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tonris::model::doctor
