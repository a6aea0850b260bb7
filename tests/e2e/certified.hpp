#pragma once

#include <memory>
#include <string>

#include "net/tls_stream.hpp"
#include "tools/bench/certificate.hpp"
#include "tools/bench/child.hpp"

namespace tonris::e2e {

/// What a server of that name shows, by a throw-away authority of its own.
struct certified {
  explicit certified(const std::string& host = "localhost", unsigned rsa_bits = 0)
      : files(bench::make_certificates(folder.path(), host, rsa_bits).value()) {}

  bench::temporary_folder folder = bench::temporary_folder::make().value();
  bench::certificate_files files;
  std::shared_ptr<net::tls_server_context> tls = net::tls_server_context::load(files.certificate, files.key).value();
};

}  // namespace tonris::e2e
