#include "model/access/doctor_proof.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

constexpr std::int64_t now = 1'700'000'000;

TEST(DoctorProof, IsTakenWhileItIsFresh) {
  for (const auto age : {std::int64_t{0}, doctor_proof_seconds, -doctor_proof_seconds})
    EXPECT_TRUE(is_doctor("open-sesame", doctor_proof("open-sesame", now - age), now)) << age;
  for (const auto age : {doctor_proof_seconds + 1, -doctor_proof_seconds - 1})
    EXPECT_FALSE(is_doctor("open-sesame", doctor_proof("open-sesame", now - age), now)) << age;
}

TEST(DoctorProof, IsOfThatTokenAndOfThatTime) {
  const auto proof = doctor_proof("open-sesame", now);
  EXPECT_EQ(proof.find("open"), std::string::npos);
  EXPECT_EQ(proof.size(), std::string_view{"t=1700000000,v0="}.size() + 64);
  EXPECT_FALSE(is_doctor("another", proof, now));
  EXPECT_FALSE(is_doctor("", doctor_proof("", now), now)) << "without a token nobody";
  auto later = proof;
  later[11] = '1';
  for (const auto& wrong : {std::string{}, std::string{"t="}, std::string{"t=1700000000"}, later, proof + "0",
                            proof.substr(1), std::string(10'000, 't'), std::string{"t=99999999999999999999,v0="}})
    EXPECT_FALSE(is_doctor("open-sesame", wrong, now)) << wrong;
}

}  // namespace
}  // namespace tonris::model
