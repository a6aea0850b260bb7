#include "model/doctor/certificate.hpp"

#include <gtest/gtest.h>

#include "tests/model/doctor/codes.hpp"

namespace tonris::model::doctor {
namespace {

TEST(CertificateOfThePublicAddress, IsJudgedByWhatIsWrongWithIt) {
  using verdict = certificate_facts::verdict;
  struct row {
    verdict is;
    std::int64_t days;
    const char* finds;
  };
  for (const auto& [is, days, finds] : {
           row{verdict::good, 61, "certificate_good"},
           row{verdict::good, 14, "certificate_good"},
           row{verdict::good, 13, "certificate_expires"},
           row{verdict::expired, -1, "certificate_expired"},
           row{verdict::not_yet, 90, "certificate_not_yet"},
           row{verdict::of_another, 90, "certificate_of_another"},
           row{verdict::self_signed, 90, "certificate_self_signed"},
           row{verdict::incomplete, 90, "certificate_chain_incomplete"},
           row{verdict::refused, 90, "certificate_refused"},
           row{verdict::unseen, 0, "certificate_unseen"},
       }) {
    const auto all = judge(certificate_facts{"gw.example.com", is, "somehow", days, 2});
    EXPECT_EQ(test::codes(all), test::code_list{finds});
    EXPECT_NE(all.at(0).what.find("gw.example.com"), std::string::npos);
  }
}

}  // namespace
}  // namespace tonris::model::doctor
