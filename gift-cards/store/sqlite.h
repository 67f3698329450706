// SQLite's C interface with owners instead of handles, and sentences instead of
// result codes. Nothing here knows what is stored.
//
// Not thread-safe: a connection and its statements are used by one thread at a
// time, and whoever shares them brings the mutex.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace gift_cards {

// How long a statement waits for another process that writes.
inline constexpr std::chrono::milliseconds kBusyTimeout{500};

enum class Access {
  kRead,
  kWrite,   // Refuses a file that is not there.
  kCreate,  // Makes one.
};

// One compiled statement, to be run again and again. Must not outlive its connection.
class Statement {
 public:
  // Give the next parameter its value, in the order of the question marks. A
  // mistake is told by Step(). The text is copied.
  Statement& Bind(std::string_view text);
  Statement& Bind(std::int64_t number);

  // True: there is a row, and the columns below are of it. False: the end.
  // Everything that is not a row makes the statement ready to be run again.
  [[nodiscard]] tl::expected<bool, std::string> Step();
  // Steps to the end and looks at no row.
  [[nodiscard]] tl::expected<void, std::string> Run();
  // Leaves the rows that were not read. A statement that stands on a row holds
  // on to its snapshot, and so to the write-ahead log.
  void Reset();

  // Columns count from 0; NULL reads as "" and 0. The view ends with the next Step().
  [[nodiscard]] std::string_view Text(int column) const;
  [[nodiscard]] std::int64_t Integer(int column) const;

 private:
  friend class Connection;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, std::string path);

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  std::string path_;
  int next_parameter_ = 1;
  int bind_result_ = 0;  // Of the first that failed.
};

// Resets a statement at the end of a scope.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.Reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Statement& statement_;
};

class Connection {
 public:
  [[nodiscard]] static tl::expected<Connection, std::string> Open(
      const std::string& path, Access access, std::chrono::milliseconds busy_timeout);

  [[nodiscard]] tl::expected<Statement, std::string> Prepare(std::string_view sql);
  // Runs statements that answer nothing, separated by semicolons.
  [[nodiscard]] tl::expected<void, std::string> Execute(const std::string& sql);
  // The first column of the only row; an error where there is no row.
  [[nodiscard]] tl::expected<std::int64_t, std::string> Integer(std::string_view sql);
  [[nodiscard]] tl::expected<std::string, std::string> Text(std::string_view sql);

  // Replaces what `target` holds with what this connection sees, as of one
  // instant. In WAL mode writers of this database are not held up meanwhile.
  [[nodiscard]] tl::expected<void, std::string> CopyTo(Connection& target);

  // Rows that the last INSERT, UPDATE or DELETE changed.
  [[nodiscard]] std::int64_t Changes() const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  Connection(sqlite3* database, std::string path);

  std::unique_ptr<sqlite3, Closer> database_;
  std::string path_;
};

}  // namespace gift_cards
