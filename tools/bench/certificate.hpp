#pragma once

#include <string>

#include "tools/bench/outcome.hpp"

namespace tonris::bench {

/// Where a throw-away authority and what it signed are, as PEM files.
struct certificate_files {
  std::string authority;    ///< the authority's certificate, for SSL_CERT_FILE
  std::string certificate;  ///< valid for a day
  std::string key;
};

/// Makes them new in `folder`, for 127.0.0.1 and that host: P-256, or the server's key RSA of so many bits. The
/// authority's key is never written.
[[nodiscard]] outcome<certificate_files> make_certificates(const std::string& folder,
                                                           const std::string& host = "localhost",
                                                           unsigned rsa_bits = 0);

}  // namespace tonris::bench
