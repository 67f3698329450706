#include "gift-cards/store/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstring>
#include <utility>

#include "platform/fail.h"

namespace gift_cards {
namespace {

using launchgate::platform::Fail;

// What went wrong with a file, and what to do about it.
std::string Sentence(const std::string& path, int code, sqlite3* database) {
  const char* detail = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  const int system_error = database != nullptr ? sqlite3_system_errno(database) : 0;
  const char* system = system_error != 0 ? std::strerror(system_error) : detail;
  switch (code & 0xff) {  // The low byte is the primary result code.
    case SQLITE_NOTADB:
      return fmt::format(
          "{} is not a SQLite database: name the store's own file, or restore a "
          "backup into a new one",
          path);
    case SQLITE_CORRUPT:
      return fmt::format(
          "{} is damaged ({}): keep it for the investigation and restore the newest "
          "backup into a new file",
          path, detail);
    case SQLITE_CANTOPEN:
      return fmt::format(
          "{} cannot be opened ({}): check that the file is there and that its "
          "folder can be written, as SQLite keeps its log beside it",
          path, system);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return fmt::format(
          "{} cannot be written: make the file and its folder writable for the user "
          "of this process",
          path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fmt::format(
          "{} stayed locked by another process: find out who holds it (lsof), or "
          "try again",
          path);
    case SQLITE_FULL:
      return fmt::format("{} cannot grow: make room on its disk", path);
    case SQLITE_IOERR:
      return fmt::format("{} cannot be read or written ({}): check the disk, then verify the store",
                         path, system);
    default:
      return fmt::format("{}: {}", path, detail);
  }
}

}  // namespace

Statement::Statement(sqlite3_stmt* statement, std::string path)
    : statement_(statement), path_(std::move(path)) {}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement& Statement::Bind(std::string_view text) {
  const int result = sqlite3_bind_text64(statement_.get(), next_parameter_++, text.data(),
                                         text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (bind_result_ == SQLITE_OK) bind_result_ = result;
  return *this;
}

Statement& Statement::Bind(std::int64_t number) {
  const int result = sqlite3_bind_int64(statement_.get(), next_parameter_++, number);
  if (bind_result_ == SQLITE_OK) bind_result_ = result;
  return *this;
}

tl::expected<bool, std::string> Statement::Step() {
  const int result = bind_result_ != SQLITE_OK ? bind_result_ : sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  // The message belongs to the connection and is gone after the reset.
  std::string sentence;
  if (result != SQLITE_DONE) {
    sentence = Sentence(path_, result, sqlite3_db_handle(statement_.get()));
  }
  Reset();
  if (result != SQLITE_DONE) return Fail(std::move(sentence));
  return false;
}

tl::expected<void, std::string> Statement::Run() {
  while (true) {
    const auto row = Step();
    if (!row) return Fail(row.error());
    if (!*row) return {};
  }
}

void Statement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  next_parameter_ = 1;
  bind_result_ = SQLITE_OK;
}

std::string_view Statement::Text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

std::int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

Connection::Connection(sqlite3* database, std::string path)
    : database_(database), path_(std::move(path)) {}

void Connection::Closer::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

tl::expected<Connection, std::string> Connection::Open(const std::string& path, Access access,
                                                       std::chrono::milliseconds busy_timeout) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (access == Access::kRead) flags |= SQLITE_OPEN_READONLY;
  if (access != Access::kRead) flags |= SQLITE_OPEN_READWRITE;
  if (access == Access::kCreate) flags |= SQLITE_OPEN_CREATE;
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  Connection connection(database, path);  // Closes what could not be opened, too.
  if (result != SQLITE_OK) return Fail(Sentence(path, result, database));
  sqlite3_busy_timeout(database, static_cast<int>(busy_timeout.count()));
  return connection;
}

tl::expected<Statement, std::string> Connection::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) return Fail(Sentence(path_, result, database_.get()));
  return Statement(statement, path_);
}

tl::expected<void, std::string> Connection::Execute(const std::string& sql) {
  const int result = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return Fail(Sentence(path_, result, database_.get()));
  return {};
}

tl::expected<std::int64_t, std::string> Connection::Integer(std::string_view sql) {
  auto statement = Prepare(sql);
  if (!statement) return Fail(statement.error());
  const auto row = statement->Step();
  if (!row) return Fail(row.error());
  if (!*row) return Fail(fmt::format("{}: no answer to {}", path_, sql));
  return statement->Integer(0);
}

tl::expected<std::string, std::string> Connection::Text(std::string_view sql) {
  auto statement = Prepare(sql);
  if (!statement) return Fail(statement.error());
  const auto row = statement->Step();
  if (!row) return Fail(row.error());
  if (!*row) return Fail(fmt::format("{}: no answer to {}", path_, sql));
  return std::string(statement->Text(0));
}

tl::expected<void, std::string> Connection::CopyTo(Connection& target) {
  sqlite3_backup* backup =
      sqlite3_backup_init(target.database_.get(), "main", database_.get(), "main");
  if (backup == nullptr) {
    return Fail(
        Sentence(target.path_, sqlite3_errcode(target.database_.get()), target.database_.get()));
  }
  // All pages in one step: between steps the snapshot is let go, and a busy
  // writer would make the copy start again and again.
  const int step = sqlite3_backup_step(backup, -1);
  const int finish = sqlite3_backup_finish(backup);
  if (step == SQLITE_DONE && finish == SQLITE_OK) return {};
  // The code does not tell which of the two it is about; the usual one is named first.
  return Fail(fmt::format("copying {} to {} failed: {}", path_, target.path_,
                          sqlite3_errstr(step == SQLITE_DONE ? finish : step)));
}

std::int64_t Connection::Changes() const { return sqlite3_changes64(database_.get()); }

}  // namespace gift_cards
