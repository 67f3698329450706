#include "app/cli/passphrase.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <termios.h>
#include <unistd.h>

#include <ostream>
#include <utility>

#include "app/cli/files.h"

namespace launchgate::app::cli {
namespace {

constexpr std::size_t kMaxPassphraseBytes = 1024;

// Turns the echo of a terminal off while it lives.
class NoEcho {
 public:
  explicit NoEcho(int fd) : fd_(fd), changed_(tcgetattr(fd, &before_) == 0) {
    if (!changed_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(fd_, TCSAFLUSH, &silent);
  }
  ~NoEcho() {
    if (changed_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  int fd_;
  termios before_{};
  bool changed_;
};

base::Result<crypto::Secret> FirstLine(std::string text) {
  const std::size_t end = text.find_first_of("\r\n");
  if (end != std::string::npos) {
    OPENSSL_cleanse(text.data() + end, text.size() - end);
    text.resize(end);
  }
  return crypto::Secret(std::move(text));
}

base::Result<crypto::Secret> AskTerminal(std::ostream& prompt) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) {
    return base::Fail(base::ErrorKind::kInvalid,
                      "the key is encrypted and there is no terminal to ask for its passphrase; "
                      "use --passphrase-file");
  }
  prompt << "Passphrase: " << std::flush;
  std::string text(kMaxPassphraseBytes, '\0');
  ssize_t length = 0;
  {
    const NoEcho no_echo(terminal);
    length = read(terminal, text.data(), text.size());
  }
  close(terminal);
  prompt << "\n";
  text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return FirstLine(std::move(text));
}

}  // namespace

crypto::PassphraseSource PassphraseFrom(const std::string& file, Streams& streams) {
  return [file, &streams]() -> base::Result<crypto::Secret> {
    if (file.empty()) return AskTerminal(streams.err);
    auto text = ReadInput(file, streams.in);
    if (!text) return tl::unexpected(text.error());
    return FirstLine(std::move(*text));
  };
}

}  // namespace launchgate::app::cli
