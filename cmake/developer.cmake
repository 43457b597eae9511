# Warnings and sanitizers: on a private target, so that nobody who links undertone inherits them.
add_library(undertone_developer INTERFACE)
target_compile_options(undertone_developer INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough
  # -Wpsabi only says that wide vectors are passed differently without AVX; ours never cross a library's border.
  -Wno-psabi
  $<$<BOOL:${UNDERTONE_WARNINGS_AS_ERRORS}>:-Werror>)
if(UNDERTONE_SANITIZE)
  target_compile_options(undertone_developer INTERFACE
    -fsanitize=${UNDERTONE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(undertone_developer INTERFACE -fsanitize=${UNDERTONE_SANITIZE})
endif()
