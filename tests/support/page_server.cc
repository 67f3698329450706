// Serves the files of one folder over plain HTTP on loopback, for tests and the
// demo: runbooks, health pages and metrics must come from somewhere. Not for anything else.
//
//   page_server DIRECTORY ANNOUNCE_FILE
//
// Files are read for every request, so they may appear and change. Writes
// "port=N" to ANNOUNCE_FILE when it serves, and ends at SIGTERM.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "platform/http_server.h"
#include "platform/signals.h"

namespace {

using launchgate::platform::HttpServer;
using launchgate::platform::HttpServerOptions;
using launchgate::platform::Request;
using launchgate::platform::Response;
using launchgate::platform::Route;

// The pages there are; a fixed list, so that no path from outside names a file.
struct Page {
  const char* path;
  const char* content_type;
};
constexpr Page kPages[] = {{"/runbook.md", "text/markdown; charset=utf-8"},
                           {"/other.md", "text/markdown; charset=utf-8"},
                           {"/health.json", "application/json"},
                           {"/metrics", "text/plain; version=0.0.4"}};

Response Serve(const std::string& path, const char* content_type) {
  std::ifstream file(path, std::ios::binary);
  Response response;
  if (!file) {
    response.status = 404;
    return response;
  }
  std::ostringstream text;
  text << file.rdbuf();
  response.content_type = content_type;
  response.body = text.str();
  return response;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: page_server DIRECTORY ANNOUNCE_FILE\n";
    return 2;
  }
  const auto signals = launchgate::platform::SignalWatcher::Start();
  if (!signals) {
    std::cerr << signals.error() << "\n";
    return 1;
  }
  std::vector<Route> routes;
  for (const Page& page : kPages) {
    const std::string file = std::string(argv[1]) + page.path;
    Route route;
    route.method = "GET";
    route.path = page.path;
    route.handler = [file, &page](const Request&) { return Serve(file, page.content_type); };
    routes.push_back(std::move(route));
  }
  const auto server = HttpServer::Start(HttpServerOptions(), std::move(routes));
  if (!server) {
    std::cerr << server.error() << "\n";
    return 1;
  }
  const std::string partial = std::string(argv[2]) + ".partial";
  std::ofstream(partial) << "port=" << (*server)->port() << "\n";
  if (std::rename(partial.c_str(), argv[2]) != 0) return 1;
  (*signals)->Wait();
  return 0;
}
