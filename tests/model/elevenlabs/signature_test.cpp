#include "model/elevenlabs/signature.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::model::elevenlabs {
namespace {

using check = signature_check;

check verify(const std::string& secret, std::string_view header, std::string_view body, std::int64_t now) {
  return verify_signature({&secret, 1}, header, body, now).check;
}

struct vector_row {
  std::string why, secret;
  std::int64_t time;
  std::string body, header;
};

const std::string b1 =
    R"({"type":"post_call_transcription","event_timestamp":1739537297,"data":{"agent_id":"agent_01","conversation_id":"conv_01","status":"done"}})";
const std::string b3 =
    R"({"type":"call_initiation_failure","event_timestamp":1767225600,"data":{"agent_id":"agent_01","conversation_id":"conv_02","failure_reason":"busy","metadata":{"type":"twilio","body":{"To":"+4512345678","note":"Jørgen ✓"}}}})";
const std::string b4 = "{ \"type\": \"post_call_transcription\" }\n";

// Made independently, and taken by the vendor's own SDK (docs/protocols/elevenlabs.md#signed-callbacks).
const std::array vectors{
    vector_row{"PostCall", "wsec_test_secret_1", 1739537297, b1,
               "t=1739537297,v0=00b062cf9754420ccccd9aaa533bd6d17feb368287bc98cc763686d5cc7caa85"},
    vector_row{"EmptyObject", "wsec_test_secret_1", 1700000000, "{}",
               "t=1700000000,v0=36265166f6ccc79dd8a3574730703b7b2dbcbfe2512d9ddf599bbee7c46785f4"},
    vector_row{"Utf8", "sécret-ü", 1767225600, b3,
               "t=1767225600,v0=c1a2f560b96b2745c3fdb12d562235745caff32ce999d8a744505f9dcdda9306"},
    vector_row{"SpacesAndNewline", "wsec_test_secret_1", 1739537297, b4,
               "t=1739537297,v0=f6a39292265c9b8583846c89fbba747a0af09ff8f9c885a6ee51d2734c1877f4"},
};

class ElevenlabsSignatureVector : public testing::TestWithParam<vector_row> {};
INSTANTIATE_TEST_SUITE_P(Independent, ElevenlabsSignatureVector, testing::ValuesIn(vectors),
                         [](const auto& r) { return r.param.why; });

TEST_P(ElevenlabsSignatureVector, Verifies) {
  const auto& v = GetParam();
  EXPECT_EQ(verify(v.secret, v.header, v.body, v.time + 5), check::ok);
}

TEST_P(ElevenlabsSignatureVector, IsWhatWeSign) {
  const auto& v = GetParam();
  EXPECT_EQ(sign(v.secret, v.time, v.body), v.header);
}

TEST_P(ElevenlabsSignatureVector, BreaksWithAnyByteOfTheBody) {
  const auto& v = GetParam();
  for (std::size_t i = 0; i < v.body.size(); ++i) {
    auto changed = v.body;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    ASSERT_EQ(verify(v.secret, v.header, changed, v.time), check::mismatch) << i;
  }
  EXPECT_EQ(verify(v.secret, v.header, v.body + " ", v.time), check::mismatch);
}

TEST(ElevenlabsSignatureVectors, HaveBodiesOfTheSizesThatWereSigned) {
  EXPECT_EQ(b1.size(), 138u);
  EXPECT_EQ(b3.size(), 224u);
  EXPECT_EQ(b4.size(), 38u);
  EXPECT_EQ(vectors[2].secret.size(), 10u);
}

constexpr std::int64_t t1 = 1739537297;
const std::string secret1 = "wsec_test_secret_1";
const std::string hex1 = "00b062cf9754420ccccd9aaa533bd6d17feb368287bc98cc763686d5cc7caa85";
const std::string other_hex(64, 'a');

struct header_row {
  std::string why, header;
  check expected;
};

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string repeated(int count, const std::string& element) {
  std::string all;
  for (int i = 0; i < count; ++i) all += element;
  return all;
}

class ElevenlabsSignatureHeader : public testing::TestWithParam<header_row> {};
INSTANTIATE_TEST_SUITE_P(
    Headers, ElevenlabsSignatureHeader,
    testing::Values(header_row{"OtherOrder", "v0=" + hex1 + ",t=1739537297", check::ok},
                    header_row{"SpacesAround", " t=1739537297 ,\tv0=" + hex1 + " ", check::ok},
                    header_row{"UnknownElements", "t=1739537297,v1=abc,v0=" + hex1 + ",x", check::ok},
                    header_row{"SecondOfTwoCandidates", "t=1739537297,v0=" + other_hex + ",v0=" + hex1, check::ok},
                    header_row{"FirstOfTwoCandidates", "t=1739537297,v0=" + hex1 + ",v0=" + other_hex, check::ok},
                    header_row{"EightElements", "t=1739537297,v0=" + hex1 + repeated(6, ",x=1"), check::ok},
                    header_row{"None", "", check::no_header}, header_row{"Blank", "  \t", check::no_header},
                    header_row{"TimeAlone", "t=1739537297", check::malformed},
                    header_row{"SignatureAlone", "v0=" + hex1, check::malformed},
                    header_row{"NineElements", "t=1739537297,v0=" + hex1 + repeated(7, ",x=1"), check::malformed},
                    header_row{"ManyCommas", std::string(10'000, ','), check::malformed},
                    header_row{"TwoTimes", "t=1739537297,t=1739537297,v0=" + hex1, check::malformed},
                    header_row{"TimeInWords", "t=now,v0=" + hex1, check::malformed},
                    header_row{"EmptyTime", "t=,v0=" + hex1, check::malformed},
                    header_row{"FractionalTime", "t=1739537297.5,v0=" + hex1, check::malformed},
                    header_row{"NegativeTime", "t=-1,v0=" + hex1, check::malformed},
                    header_row{"SignedTime", "t=+1739537297,v0=" + hex1, check::malformed},
                    header_row{"EndlessTime", "t=" + std::string(40, '9') + ",v0=" + hex1, check::malformed},
                    header_row{"SemicolonBetween", "t=1739537297;v0=" + hex1, check::malformed},
                    header_row{"BareHex", hex1, check::malformed},
                    header_row{"UpperCaseHex", "t=1739537297,v0=" + upper(hex1), check::mismatch},
                    header_row{"EmptySignature", "t=1739537297,v0=", check::mismatch},
                    header_row{"ShortSignature", "t=1739537297,v0=" + hex1.substr(1), check::mismatch},
                    header_row{"LongSignature", "t=1739537297,v0=" + hex1 + "0", check::mismatch},
                    header_row{"OtherSignature", "t=1739537297,v0=" + other_hex, check::mismatch},
                    header_row{"OtherTime", "t=1739537298,v0=" + hex1, check::mismatch},
                    header_row{"PaddedTime", "t=01739537297,v0=" + hex1, check::mismatch}),
    [](const auto& r) { return r.param.why; });

TEST_P(ElevenlabsSignatureHeader, GetsItsAnswer) {
  EXPECT_EQ(verify(secret1, GetParam().header, b1, t1), GetParam().expected);
}

// --- several secrets

using secrets = std::vector<std::string>;

struct rotation_row {
  std::string why;
  secrets given;
  signature_verdict expected;
};
class ElevenlabsSignatureRotation : public testing::TestWithParam<rotation_row> {};
INSTANTIATE_TEST_SUITE_P(Secrets, ElevenlabsSignatureRotation,
                         testing::Values(rotation_row{"TheFirst", {secret1, "new"}, {check::ok, 0}},
                                         rotation_row{"TheLast", {"new", "newer", secret1}, {check::ok, 2}},
                                         rotation_row{"TheFirstOfTwoAlike", {"new", secret1, secret1}, {check::ok, 1}},
                                         rotation_row{"BesideAnEmptyOne", {"", secret1}, {check::ok, 1}},
                                         rotation_row{"Neither", {"new", "newer"}, {check::mismatch, 0}},
                                         rotation_row{"OnlyEmptyOnes", {"", ""}, {check::no_secret, 0}},
                                         rotation_row{"None", {}, {check::no_secret, 0}}),
                         [](const auto& r) { return r.param.why; });

TEST_P(ElevenlabsSignatureRotation, TellsWhichSecretSigned) {
  EXPECT_EQ(verify_signature(GetParam().given, vectors[0].header, b1, t1), GetParam().expected);
}

TEST(ElevenlabsSignatureRotation, TakesAHeaderThatTwoSecretsSigned) {
  const auto newer = sign("new", t1, b1);
  const auto header = vectors[0].header + newer.substr(newer.find(','));
  EXPECT_EQ(verify_signature(secrets{secret1}, header, b1, t1).check, check::ok);
  EXPECT_EQ(verify_signature(secrets{"new"}, header, b1, t1).check, check::ok);
}

// --- a body in pieces

TEST(ElevenlabsSignatureVerifier, SaysTheSameOfABodyInPieces) {
  for (const std::size_t size : {1u, 2u, 7u, 64u, 137u, 138u, 1000u}) {
    signature_verifier verifier{secrets{"new", secret1}, vectors[0].header, t1};
    EXPECT_EQ(verifier.so_far(), check::ok);
    for (std::size_t at = 0; at < b1.size(); at += size) verifier.update(std::string_view{b1}.substr(at, size));
    verifier.update("");
    EXPECT_EQ(verifier.finish(), (signature_verdict{check::ok, 1})) << size;
  }
}

TEST(ElevenlabsSignatureVerifier, RefusesABodyThatEndsTooSoonOrGoesOn) {
  const secrets given{secret1};
  signature_verifier shorter{given, vectors[0].header, t1}, longer{given, vectors[0].header, t1};
  shorter.update(std::string_view{b1}.substr(0, b1.size() - 1));
  longer.update(b1);
  longer.update(std::string_view{"\0", 1});
  EXPECT_EQ(shorter.finish().check, check::mismatch);
  EXPECT_EQ(longer.finish().check, check::mismatch);
}

TEST(ElevenlabsSignatureVerifier, SaysBeforeTheBodyWhatIsFinal) {
  const secrets given{secret1};
  EXPECT_EQ(signature_verifier({}, vectors[0].header, t1).so_far(), check::no_secret);
  EXPECT_EQ(signature_verifier(given, "", t1).so_far(), check::no_header);
  EXPECT_EQ(signature_verifier(given, "t=1", t1).so_far(), check::malformed);
  EXPECT_EQ(signature_verifier(given, vectors[0].header, t1 - 301).so_far(), check::in_the_future);
  signature_verifier old{given, vectors[0].header, t1 + 1801};
  EXPECT_EQ(old.so_far(), check::too_old);
  old.update(b1);
  EXPECT_EQ(old.finish().check, check::too_old);
}

TEST(ElevenlabsSignatureAge, IsThirtyMinutesBackAndFiveAhead) {
  const auto& header = vectors[0].header;
  EXPECT_EQ(verify(secret1, header, b1, t1 + 1800), check::ok);
  EXPECT_EQ(verify(secret1, header, b1, t1 + 1801), check::too_old);
  EXPECT_EQ(verify(secret1, header, b1, t1 - 300), check::ok);
  EXPECT_EQ(verify(secret1, header, b1, t1 - 301), check::in_the_future);
}

TEST(ElevenlabsSignatureAge, HoldsForAnyClock) {
  const auto& header = vectors[0].header;
  EXPECT_EQ(verify(secret1, header, b1, std::numeric_limits<std::int64_t>::max()), check::too_old);
  EXPECT_EQ(verify(secret1, header, b1, std::numeric_limits<std::int64_t>::min()), check::in_the_future);
  EXPECT_EQ(verify(secret1, "t=999999999999,v0=" + hex1, b1, t1), check::in_the_future);
}

TEST(ElevenlabsSignatureSecret, NeverVerifiesWhenEmpty) {
  EXPECT_EQ(verify("", sign("", t1, b1), b1, t1), check::no_secret);
  EXPECT_EQ(verify("", "", b1, t1), check::no_secret);
}

TEST(ElevenlabsSignatureSecret, HasToBeTheWholeOne) {
  const auto& header = vectors[0].header;
  EXPECT_EQ(verify(secret1 + " ", header, b1, t1), check::mismatch);
  EXPECT_EQ(verify(secret1.substr(0, 17), header, b1, t1), check::mismatch);
  EXPECT_EQ(verify("test_secret_1", header, b1, t1), check::mismatch);
}

TEST(ElevenlabsSignature, SignsAnyBodyAndSecretItVerifies) {
  const std::string zeros(3, '\0');
  for (const auto& body : {std::string(), zeros, std::string(1'000'000, 'x')})
    for (const auto& secret : {std::string("s"), zeros, std::string(1000, 'k')})
      EXPECT_EQ(verify(secret, sign(secret, t1, body), body, t1), check::ok);
}

TEST(ElevenlabsSignatureCheck, HasANameForEachAnswer) {
  EXPECT_EQ(to_string(check::ok), "ok");
  EXPECT_EQ(to_string(check::no_secret), "no_secret");
  EXPECT_EQ(to_string(check::no_header), "no_header");
  EXPECT_EQ(to_string(check::malformed), "malformed");
  EXPECT_EQ(to_string(check::too_old), "too_old");
  EXPECT_EQ(to_string(check::in_the_future), "in_the_future");
  EXPECT_EQ(to_string(check::mismatch), "mismatch");
}

}  // namespace
}  // namespace tonris::model::elevenlabs
