// Loaded before the C library (LD_PRELOAD) into a program under test: counts the calls of one kind that it
// makes and lets the K-th fail, or kills the program there. Calls on files count where they touch a given
// folder, those for memory everywhere, both from the beginning of main() on. What to do is read from the
// environment:
//
//   UNDERTONE_FAULT         KIND ACTION K once|on, with
//                           KIND    open write sync rename folder cut: one kind of call on files; file: all
//                           of them;
//                                   memory
//                           ACTION  ENOSPC EIO ENOMEM: fails so; short: half is written; kill-before,
//                           kill-after:
//                                   SIGKILL on either side of the call; none: calls are counted only
//   UNDERTONE_FAULT_FOLDER  the folder
//   UNDERTONE_FAULT_COUNT   a file of 16 bytes: the calls counted, and how often one failed
//
// The C library's buffered files make their system calls within it, out of reach: fwrite(), fflush() and
// fclose() are counted in their place.

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string_view>

extern "C" {
void* __libc_malloc(size_t size);                      // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(size_t count, size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* block, size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(size_t alignment, size_t size);  // NOLINT(bugprone-reserved-identifier)
}

namespace {

enum class Kind { none, open, write, sync, rename, folder, cut, file, memory };
enum class Action { none, fail, shorten, kill_before, kill_after };

// Nothing here may ask for memory, nor be made before the first call comes.
struct Plan {
    Kind kind = Kind::none;
    Action action = Action::none;
    int error = 0;
    std::uint64_t at = 0;
    bool goes_on = false;
    char folder[PATH_MAX] = {};
    std::atomic<std::uint64_t>* counts = nullptr;
};

Plan plan;
std::atomic<bool> running{false};

// The C library's own.
#define NEXT(name)                        \
    static decltype(&(name)) real_##name; \
    if (real_##name == nullptr) real_##name = reinterpret_cast<decltype(&(name))>(dlsym(RTLD_NEXT, #name))

// What happens to this call. kill_before does not come back.
Action decide(Kind kind) {
    if (!running || plan.counts == nullptr ||
        (plan.kind != kind && (plan.kind != Kind::file || kind == Kind::memory)))
        return Action::none;
    const std::uint64_t number = plan.counts[0].fetch_add(1) + 1;
    if (number != plan.at && !(plan.goes_on && number > plan.at)) return Action::none;
    if (plan.action == Action::none) return Action::none;
    plan.counts[1].fetch_add(1);
    if (plan.action == Action::kill_before) raise(SIGKILL);
    if (plan.action == Action::fail) errno = plan.error;
    return plan.action;
}

bool below(const char* path) {
    const std::size_t size = std::strlen(plan.folder);
    return size > 0 && std::strncmp(path, plan.folder, size) == 0 &&
           (path[size] == '/' || path[size] == '\0');
}

// Whether a path, from a folder's descriptor on, lies in the folder that counts. By its letters: links are
// not followed.
bool is_ours(int folder, const char* path) {
    if (!running || path == nullptr) return false;
    if (path[0] == '/') return below(path);
    char start[PATH_MAX] = {};
    if (folder == AT_FDCWD) return getcwd(start, sizeof start) != nullptr && below(start) && path[0] != '.';
    char name[64];
    std::snprintf(name, sizeof name, "/proc/self/fd/%d", folder);
    return readlink(name, start, sizeof start - 1) > 0 && below(start);
}

bool is_ours(int descriptor) {
    if (!running) return false;
    char name[64], path[PATH_MAX] = {};
    std::snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    return readlink(name, path, sizeof path - 1) > 0 && below(path);
}

// A call that fails with -1 or does what it is called for.
template <class Call>
auto counted(Kind kind, bool ours, const Call& call) {
    const Action action = ours ? decide(kind) : Action::none;
    if (action == Action::fail) return decltype(call())(-1);
    const auto result = call();
    if (action == Action::kill_after) raise(SIGKILL);
    return result;
}

void read_plan() {
    const char* const text = std::getenv("UNDERTONE_FAULT");
    const char* const folder = std::getenv("UNDERTONE_FAULT_FOLDER");
    const char* const count = std::getenv("UNDERTONE_FAULT_COUNT");
    if (text == nullptr || folder == nullptr || count == nullptr) return;
    char kind[16] = {}, action[16] = {}, how_often[8] = {};
    unsigned long long at = 0;
    if (std::sscanf(text, "%15s %15s %llu %7s", kind, action, &at, how_often) != 4) std::abort();
    static constexpr struct {
        std::string_view name;
        Kind kind;
    } kKinds[] = {{"open", Kind::open},     {"write", Kind::write},   {"sync", Kind::sync},
                  {"rename", Kind::rename}, {"folder", Kind::folder}, {"cut", Kind::cut},
                  {"file", Kind::file},     {"memory", Kind::memory}};
    for (const auto& known : kKinds)
        if (known.name == kind) plan.kind = known.kind;
    static constexpr struct {
        std::string_view name;
        Action action;
        int error;
    } kActions[] = {{"none", Action::none, 0},
                    {"ENOSPC", Action::fail, ENOSPC},
                    {"EIO", Action::fail, EIO},
                    {"ENOMEM", Action::fail, ENOMEM},
                    {"short", Action::shorten, ENOSPC},
                    {"kill-before", Action::kill_before, 0},
                    {"kill-after", Action::kill_after, 0}};
    bool found = false;
    for (const auto& known : kActions)
        if (known.name == action) {
            plan.action = known.action;
            plan.error = known.error;
            found = true;
        }
    if (plan.kind == Kind::none || !found) std::abort();
    plan.at = at;
    plan.goes_on = std::string_view(how_often) == "on";
    std::snprintf(plan.folder, sizeof plan.folder, "%s", folder);
    const int descriptor = ::open(count, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) std::abort();
    void* const shared = mmap(nullptr, 16, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (shared == MAP_FAILED) std::abort();
    ::close(descriptor);
    plan.counts = static_cast<std::atomic<std::uint64_t>*>(shared);
}

// What decoders ask for themselves is not counted: libsndfile 1.2 writes through what calloc() did not give
// it (ogg_stream_init on behalf of an Opus file). That is theirs to put right, and the program's files are
// then as after a kill.
struct Range {
    std::uintptr_t begin, end;
};
Range decoders[16];
std::size_t n_decoders = 0;

int note_decoder(dl_phdr_info* object, std::size_t, void*) {
    for (const std::string_view name :
         {"libsndfile", "libogg", "libvorbis", "libopus", "libFLAC", "libmpg123"}) {
        if (std::string_view(object->dlpi_name).find(name) == std::string_view::npos) continue;
        for (int i = 0; i < object->dlpi_phnum && n_decoders < std::size(decoders); ++i) {
            const ElfW(Phdr)& part = object->dlpi_phdr[i];
            if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
            const std::uintptr_t begin = object->dlpi_addr + part.p_vaddr;
            decoders[n_decoders++] = {begin, begin + part.p_memsz};
        }
    }
    return 0;
}

Action decide_memory(const void* caller) {
    if (!running || plan.kind != Kind::memory) return Action::none;
    const auto at = reinterpret_cast<std::uintptr_t>(caller);
    for (std::size_t i = 0; i < n_decoders; ++i)
        if (at >= decoders[i].begin && at < decoders[i].end) return Action::none;
    return decide(Kind::memory);
}

using Main = int (*)(int, char**, char**);
Main true_main;

int counting_main(int argc, char** argv, char** environment) {
    read_plan();
    dl_iterate_phdr(note_decoder, nullptr);
    // A child that reads a stranger's file in its stead is not the program: that it was killed says nothing
    // of the file.
    pthread_atfork(nullptr, nullptr, [] { running = false; });
    running = true;
    const int code = true_main(argc, argv, environment);
    running = false;  // what libraries do at their end is not the program's
    return code;
}

// To open a folder, which is done to remove what is in it, is no place to fail at, as to remove is none.
Kind kind_of(int flags) {
    return (flags & O_DIRECTORY) != 0 && (flags & O_TMPFILE) != O_TMPFILE ? Kind::file : Kind::open;
}

mode_t mode_of(int flags, va_list arguments) {
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int __libc_start_main(Main main, int argc, char** argv, void (*init)(), void (*fini)(),  // NOLINT
                      void (*loader_fini)(), void* stack_end) {
    using Start = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
    true_main = main;
    return reinterpret_cast<Start>(dlsym(RTLD_NEXT, "__libc_start_main"))(counting_main, argc, argv, init,
                                                                          fini, loader_fini, stack_end);
}

#define OPEN(name)                                                      \
    int name(const char* path, int flags, ...) {                        \
        NEXT(name);                                                     \
        va_list arguments;                                              \
        va_start(arguments, flags);                                     \
        const mode_t mode = mode_of(flags, arguments);                  \
        va_end(arguments);                                              \
        return counted(kind_of(flags), is_ours(AT_FDCWD, path),         \
                       [&] { return real_##name(path, flags, mode); }); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                            \
    int name(int folder, const char* path, int flags, ...) {                    \
        NEXT(name);                                                             \
        va_list arguments;                                                      \
        va_start(arguments, flags);                                             \
        const mode_t mode = mode_of(flags, arguments);                          \
        va_end(arguments);                                                      \
        return counted(kind_of(flags), is_ours(folder, path),                   \
                       [&] { return real_##name(folder, path, flags, mode); }); \
    }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name)                                                                        \
    FILE* name(const char* path, const char* mode) {                                       \
        NEXT(name);                                                                        \
        const Action action = is_ours(AT_FDCWD, path) ? decide(Kind::open) : Action::none; \
        if (action == Action::fail) return nullptr;                                        \
        FILE* const file = real_##name(path, mode);                                        \
        if (action == Action::kill_after) raise(SIGKILL);                                  \
        return file;                                                                       \
    }
FOPEN(fopen)
FOPEN(fopen64)

int mkstemp(char* pattern) {
    NEXT(mkstemp);
    return counted(Kind::open, is_ours(AT_FDCWD, pattern), [&] { return real_mkstemp(pattern); });
}

int mkostemp(char* pattern, int flags) {
    NEXT(mkostemp);
    return counted(Kind::open, is_ours(AT_FDCWD, pattern), [&] { return real_mkostemp(pattern, flags); });
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
    NEXT(write);
    const Action action = is_ours(descriptor) ? decide(Kind::write) : Action::none;
    if (action == Action::fail) return -1;
    const ssize_t written = real_write(descriptor, bytes, action == Action::shorten ? (size + 1) / 2 : size);
    if (action == Action::kill_after) raise(SIGKILL);
    return written;
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
    NEXT(pwrite64);
    const Action action = is_ours(descriptor) ? decide(Kind::write) : Action::none;
    if (action == Action::fail) return -1;
    const ssize_t written =
        real_pwrite64(descriptor, bytes, action == Action::shorten ? (size + 1) / 2 : size, offset);
    if (action == Action::kill_after) raise(SIGKILL);
    return written;
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
    return pwrite64(descriptor, bytes, size, offset);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
    NEXT(writev);
    const Action action = is_ours(descriptor) ? decide(Kind::write) : Action::none;
    if (action == Action::fail) return -1;
    const ssize_t written = real_writev(descriptor, parts, action == Action::shorten ? 1 : count);
    if (action == Action::kill_after) raise(SIGKILL);
    return written;
}

size_t fwrite(const void* items, size_t size, size_t count, FILE* file) {
    NEXT(fwrite);
    const Action action = is_ours(fileno(file)) ? decide(Kind::write) : Action::none;
    if (action == Action::fail) return 0;
    if (action == Action::shorten) {
        const size_t written = real_fwrite(items, 1, size * count / 2, file);
        errno = plan.error;
        return size == 0 ? 0 : written / size;
    }
    const size_t written = real_fwrite(items, size, count, file);
    if (action == Action::kill_after) raise(SIGKILL);
    return written;
}

int fflush(FILE* file) {
    NEXT(fflush);
    return counted(Kind::write, file != nullptr && is_ours(fileno(file)), [&] { return real_fflush(file); });
}

int fclose(FILE* file) {
    NEXT(fclose);
    const Action action = is_ours(fileno(file)) ? decide(Kind::write) : Action::none;
    const int result = real_fclose(file);  // whatever it says, it closes
    if (action == Action::kill_after) raise(SIGKILL);
    if (action == Action::fail) errno = plan.error;
    return action == Action::fail ? EOF : result;
}

int fsync(int descriptor) {
    NEXT(fsync);
    return counted(Kind::sync, is_ours(descriptor), [&] { return real_fsync(descriptor); });
}

int fdatasync(int descriptor) {
    NEXT(fdatasync);
    return counted(Kind::sync, is_ours(descriptor), [&] { return real_fdatasync(descriptor); });
}

int rename(const char* from, const char* to) noexcept {
    NEXT(rename);
    return counted(Kind::rename, is_ours(AT_FDCWD, to), [&] { return real_rename(from, to); });
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
    NEXT(renameat);
    return counted(Kind::rename, is_ours(to_folder, to),
                   [&] { return real_renameat(from_folder, from, to_folder, to); });
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
    NEXT(renameat2);
    return counted(Kind::rename, is_ours(to_folder, to),
                   [&] { return real_renameat2(from_folder, from, to_folder, to, flags); });
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
    NEXT(linkat);
    return counted(Kind::rename, is_ours(to_folder, to),
                   [&] { return real_linkat(from_folder, from, to_folder, to, flags); });
}

// To remove is a place to be killed at, not one to fail at.
int unlink(const char* path) noexcept {
    NEXT(unlink);
    return counted(Kind::file, is_ours(AT_FDCWD, path), [&] { return real_unlink(path); });
}

int unlinkat(int folder, const char* path, int flags) noexcept {
    NEXT(unlinkat);
    return counted(Kind::file, is_ours(folder, path), [&] { return real_unlinkat(folder, path, flags); });
}

int rmdir(const char* path) noexcept {
    NEXT(rmdir);
    return counted(Kind::file, is_ours(AT_FDCWD, path), [&] { return real_rmdir(path); });
}

int remove(const char* path) noexcept {
    NEXT(remove);
    return counted(Kind::file, is_ours(AT_FDCWD, path), [&] { return real_remove(path); });
}

int mkdir(const char* path, mode_t mode) noexcept {
    NEXT(mkdir);
    return counted(Kind::folder, is_ours(AT_FDCWD, path), [&] { return real_mkdir(path, mode); });
}

int mkdirat(int folder, const char* path, mode_t mode) noexcept {
    NEXT(mkdirat);
    return counted(Kind::folder, is_ours(folder, path), [&] { return real_mkdirat(folder, path, mode); });
}

char* mkdtemp(char* pattern) {
    NEXT(mkdtemp);
    const Action action = is_ours(AT_FDCWD, pattern) ? decide(Kind::folder) : Action::none;
    if (action == Action::fail) return nullptr;
    char* const made = real_mkdtemp(pattern);
    if (action == Action::kill_after) raise(SIGKILL);
    return made;
}

int ftruncate64(int descriptor, off64_t size) noexcept {
    NEXT(ftruncate64);
    return counted(Kind::cut, is_ours(descriptor), [&] { return real_ftruncate64(descriptor, size); });
}

int ftruncate(int descriptor, off_t size) noexcept { return ftruncate64(descriptor, size); }

void* malloc(size_t size) noexcept {
    return decide_memory(__builtin_return_address(0)) == Action::fail ? nullptr : __libc_malloc(size);
}

void* calloc(size_t count, size_t size) noexcept {
    return decide_memory(__builtin_return_address(0)) == Action::fail ? nullptr : __libc_calloc(count, size);
}

void* realloc(void* block, size_t size) noexcept {
    if (size != 0 && decide_memory(__builtin_return_address(0)) == Action::fail) return nullptr;
    return __libc_realloc(block, size);
}

void* aligned_alloc(size_t alignment, size_t size) noexcept {
    return decide_memory(__builtin_return_address(0)) == Action::fail ? nullptr
                                                                      : __libc_memalign(alignment, size);
}

void* memalign(size_t alignment, size_t size) noexcept {
    return decide_memory(__builtin_return_address(0)) == Action::fail ? nullptr
                                                                      : __libc_memalign(alignment, size);
}

int posix_memalign(void** block, size_t alignment, size_t size) noexcept {
    if (decide_memory(__builtin_return_address(0)) == Action::fail) return ENOMEM;
    *block = __libc_memalign(alignment, size);
    return *block == nullptr ? ENOMEM : 0;
}

}  // extern "C"
