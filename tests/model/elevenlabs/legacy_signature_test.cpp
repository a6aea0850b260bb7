#include "model/elevenlabs/legacy_signature.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

using check = signature_check;
using secrets = std::vector<std::string>;

const std::string body = R"({"tool":"x"})";
const std::string of_body = "f5cdeae5c6edfc97b5d4de2c0f44726278bc67ff4c7eba7eb288abe1cb43ea70";
const std::string query = "tenantId=11111111-2222-3333-4444-555555555555";
const std::string of_query = "e9f806b184d4341aa77800b9fe24ad94ab9432cc74dab3ceddff45342bfa5c4b";

struct legacy_row {
  std::string why;
  secrets given;
  std::string header, text;
  signature_verdict expected;
};
class LegacySignature : public testing::TestWithParam<legacy_row> {};
// The first two were made by another program.
INSTANTIATE_TEST_SUITE_P(
    Rows, LegacySignature,
    testing::Values(legacy_row{"OfABody", {"legacy_secret"}, of_body, body, {check::ok, 0}},
                    legacy_row{"OfAQuery", {"legacy_secret"}, of_query, query, {check::ok, 0}},
                    legacy_row{"SecondSecret", {"other", "legacy_secret"}, of_body, body, {check::ok, 1}},
                    legacy_row{"BlanksAround", {"legacy_secret"}, " " + of_body + "\t", body, {check::ok, 0}},
                    legacy_row{"OtherBody", {"legacy_secret"}, of_body, query, {check::mismatch, 0}},
                    legacy_row{"OtherSecret", {"Legacy_secret"}, of_body, body, {check::mismatch, 0}},
                    legacy_row{"UpperCase", {"legacy_secret"}, "F5" + of_body.substr(2), body, {check::mismatch, 0}},
                    legacy_row{"CutShort", {"legacy_secret"}, of_body.substr(1), body, {check::mismatch, 0}},
                    legacy_row{"TheNewForm", {"legacy_secret"}, "t=1,v0=" + of_body, body, {check::mismatch, 0}},
                    legacy_row{"NoHeader", {"legacy_secret"}, "", body, {check::no_header, 0}},
                    legacy_row{"BlankHeader", {"legacy_secret"}, " ", body, {check::no_header, 0}},
                    legacy_row{"NoSecret", {}, of_body, body, {check::no_secret, 0}},
                    legacy_row{"EmptySecret", {""}, legacy_sign("", body), body, {check::no_secret, 0}}),
    [](const auto& row) { return row.param.why; });

TEST_P(LegacySignature, GetsItsVerdict) {
  const auto& row = GetParam();
  EXPECT_EQ(verify_legacy_signature(row.given, row.header, row.text), row.expected);
}

TEST(LegacySignature, NeverTakesAnEmptySecretBesideOthers) {
  EXPECT_EQ(verify_legacy_signature(secrets{"", "other"}, legacy_sign("", body), body).check, check::mismatch);
}

}  // namespace
}  // namespace tonris::model::elevenlabs
