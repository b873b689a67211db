# A project that is written for Windows builds on Linux as it stands:
#
#     cmake -S . -B build -DCMAKE_TOOLCHAIN_FILE=<prefix>/lib/cmake/linsock/linsock-toolchain.cmake
#
# It sees WIN32 and CMAKE_SYSTEM_NAME "Windows", neither UNIX nor MSVC nor MINGW, and links ws2_32 and its like by name.
# What is built are Linux' programs and libraries. -DLINSOCK_COMPILER=clang chooses another compiler than gcc.

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR "${CMAKE_HOST_SYSTEM_PROCESSOR}")
# Programs that were just built run on this machine.
set(CMAKE_CROSSCOMPILING FALSE)

if(EXISTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin/linsock-cc")
  get_filename_component(linsock_bin "${CMAKE_CURRENT_LIST_DIR}/../../../bin" ABSOLUTE)
  # find_library(... ws2_32) leads to a script for the linker, which names liblinsock.
  get_filename_component(linsock_lib "${CMAKE_CURRENT_LIST_DIR}/../../linsock" ABSOLUTE)
  list(APPEND CMAKE_LIBRARY_PATH "${linsock_lib}")
else()
  # A checkout, where cargo has built the driver.
  get_filename_component(linsock_bin "${CMAKE_CURRENT_LIST_DIR}/../target/release" ABSOLUTE)
endif()

set(LINSOCK_COMPILER "" CACHE STRING "The compiler behind linsock-cc and linsock-c++, gcc by default")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LINSOCK_COMPILER)
set(CMAKE_C_COMPILER "${linsock_bin}/linsock-cc")
set(CMAKE_CXX_COMPILER "${linsock_bin}/linsock-c++")
if(LINSOCK_COMPILER)
  list(APPEND CMAKE_C_COMPILER "--cc=${LINSOCK_COMPILER}")
  list(APPEND CMAKE_CXX_COMPILER "--cc=${LINSOCK_COMPILER}")
endif()

# Icons, dialogues and version numbers have no place in a program of Linux: a resource script becomes an empty object.
set(CMAKE_RC_COMPILER "${linsock_bin}/linsock-cc")
set(CMAKE_RC_OUTPUT_EXTENSION .obj)
set(CMAKE_RC_COMPILE_OBJECT "<CMAKE_RC_COMPILER> -x c -c -o <OBJECT> /dev/null")

set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CMAKE_CURRENT_LIST_DIR}/linsock-platform.cmake")
